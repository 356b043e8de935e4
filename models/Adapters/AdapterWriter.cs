using Google.FlatBuffers;
using Schema = OnnxPipeline.Models.Adapters.AdapterSchema;

namespace OnnxPipeline.Models.Adapters;

/// <summary>Writes adapters. FlatBuffers are built from their end: what a table refers to comes before it.</summary>
internal static class AdapterWriter
{
    private const int FirstSize = 1024;

    public static byte[] Write(AdapterFile file)
    {
        var builder = new FlatBufferBuilder(FirstSize);
        int[] parameters = [.. file.Tensors.Select(tensor => Add(builder, tensor))];
        builder.StartVector(sizeof(int), parameters.Length, sizeof(int));
        for (var i = parameters.Length - 1; i >= 0; i--) builder.AddOffset(parameters[i]);
        var all = builder.EndVector().Value;

        builder.StartTable(Schema.AdapterFields);
        builder.AddOffset(Schema.ParametersField, all, 0);
        builder.AddInt(Schema.ModelVersionField, file.ModelVersion, 0);
        builder.AddInt(Schema.AdapterVersionField, file.AdapterVersion, 0);
        builder.AddInt(Schema.FormatVersionField, Schema.FormatVersion, 0);
        builder.Finish(builder.EndTable(), Schema.Identifier);
        return builder.SizedByteArray();
    }

    private static int Add(FlatBufferBuilder builder, AdapterTensor tensor)
    {
        builder.StartVector(sizeof(byte), tensor.Data.Length, Schema.DataAlignment);
        builder.Add(tensor.Data.ToArray());
        var data = builder.EndVector().Value;
        builder.StartVector(sizeof(long), tensor.Dims.Count, sizeof(long));
        for (var i = tensor.Dims.Count - 1; i >= 0; i--) builder.AddLong(tensor.Dims[i]);
        var dims = builder.EndVector().Value;
        var name = builder.CreateString(tensor.Name).Value;

        builder.StartTable(Schema.ParameterFields);
        builder.AddOffset(Schema.RawDataField, data, 0);
        builder.AddInt(Schema.DataTypeField, tensor.DataType, 0);
        builder.AddOffset(Schema.DimsField, dims, 0);
        builder.AddOffset(Schema.NameField, name, 0);
        return builder.EndTable();
    }
}
