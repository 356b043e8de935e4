using Google.FlatBuffers;
using Schema = OnnxPipeline.Models.Adapters.AdapterSchema;

namespace OnnxPipeline.Models.Adapters;

/// <summary>Reads adapters from bytes that may be anything: every offset is checked before one is followed.</summary>
internal static class AdapterReader
{
    private const int MaxDepth = 8;
    private const int MaxTables = 1 << 20;

    // An offset to the first table, and the identifier.
    private const int LeastBytes = 8;

    /// <exception cref="AdapterFormatException">The bytes are no adapter, or not all of one.</exception>
    public static AdapterFile Read(byte[] bytes, string source)
    {
        var buffer = new ByteBuffer(bytes);
        if (bytes.Length <= LeastBytes || !Table.__has_identifier(buffer, Schema.Identifier))
            throw new AdapterFormatException($"{source}: is no adapter ({bytes.Length} bytes without the identifier '{Schema.Identifier}' behind the fourth). Expected a file that training with low-rank adapters wrote, or another of ONNX Runtime's {AdapterFile.Extension} format.");
        try
        {
            return new Verifier(buffer, new Options(MaxDepth, MaxTables, true, true)).VerifyBuffer(Schema.Identifier, false, VerifyAdapter) ? ReadAdapter(buffer, bytes, source) : throw Damaged(bytes, source);
        }
        catch (Exception exception) when (exception is OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            // The verifier converts some offsets to other types before it has looked at them.
            throw Damaged(bytes, source, exception);
        }
    }

    private static AdapterFormatException Damaged(byte[] bytes, string source, Exception? inner = null) =>
        new($"{source}: is a damaged adapter; what its {bytes.Length} bytes refer to lies outside of them, or is missing. Copy or make the file again.", inner);

    private static AdapterFile ReadAdapter(ByteBuffer buffer, byte[] bytes, string source)
    {
        var root = new Table(buffer.GetInt(0), buffer);
        var version = Int(root, Schema.FormatVersionField);
        if (version != Schema.FormatVersion) throw new AdapterFormatException($"{source}: has version {version} of the adapter format; expected {Schema.FormatVersion}.");
        var (start, count) = Vector(root, Schema.ParametersField);
        return new AdapterFile
        {
            AdapterVersion = Int(root, Schema.AdapterVersionField),
            ModelVersion = Int(root, Schema.ModelVersionField),
            Tensors = [.. Enumerable.Range(0, count).Select(i => ReadTensor(new Table(root.__indirect(start + sizeof(int) * i), buffer), bytes))],
        };
    }

    private static AdapterTensor ReadTensor(Table table, byte[] bytes)
    {
        var (dims, rank) = Vector(table, Schema.DimsField);
        var (data, length) = Vector(table, Schema.RawDataField);
        var name = table.__string(table.bb_pos + table.__offset(Schema.Entry(Schema.NameField)));
        return new AdapterTensor(name, Int(table, Schema.DataTypeField), [.. Enumerable.Range(0, rank).Select(i => table.bb.GetLong(dims + sizeof(long) * i))], bytes.AsMemory(data, length));
    }

    private static bool VerifyAdapter(Verifier verifier, uint table) => verifier.VerifyTableStart(table)
        && IsInt(verifier, table, Schema.FormatVersionField)
        && IsInt(verifier, table, Schema.AdapterVersionField)
        && IsInt(verifier, table, Schema.ModelVersionField)
        && verifier.VerifyVectorOfTables(table, Schema.Entry(Schema.ParametersField), VerifyParameter, true)
        && verifier.VerifyTableEnd(table);

    private static bool VerifyParameter(Verifier verifier, uint table) => verifier.VerifyTableStart(table)
        && verifier.VerifyString(table, Schema.Entry(Schema.NameField), true)
        && verifier.VerifyVectorOfData(table, Schema.Entry(Schema.DimsField), sizeof(long), true)
        && IsInt(verifier, table, Schema.DataTypeField)
        && verifier.VerifyVectorOfData(table, Schema.Entry(Schema.RawDataField), sizeof(byte), true)
        && verifier.VerifyTableEnd(table);

    private static bool IsInt(Verifier verifier, uint table, int field) => verifier.VerifyField(table, Schema.Entry(field), sizeof(int), sizeof(int), false);

    /// <summary>0 where the field is left out, as the format has it.</summary>
    private static int Int(Table table, int field) => table.__offset(Schema.Entry(field)) is not 0 and var offset ? table.bb.GetInt(table.bb_pos + offset) : 0;

    private static (int Start, int Length) Vector(Table table, int field)
    {
        var offset = table.__offset(Schema.Entry(field));
        return (table.__vector(offset), table.__vector_len(offset));
    }
}
