using Google.Protobuf;
using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models;

/// <summary>An ONNX model: a graph, the operator sets it uses, and what it says of itself.</summary>
/// <remarks>Source: https://github.com/onnx/onnx/blob/main/docs/IR.md. Fields of later IR versions survive a round trip.</remarks>
public sealed class Model
{
    /// <summary>The IR version of models made here: the first with 4-bit types, read by ONNX Runtime 1.18 and later.</summary>
    public const long CurrentIrVersion = 10;

    /// <summary>The standard operator set of models made here.</summary>
    public const long CurrentOpset = 17;

    private readonly ModelProto _proto;

    public Model(Graph graph, long opset = CurrentOpset)
    {
        _proto = new ModelProto { IrVersion = CurrentIrVersion, ProducerName = "OnnxPipeline" };
        Graph = graph;
        Opsets = new SortedDictionary<string, long>(StringComparer.Ordinal) { [Domains.Onnx] = opset };
        Metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
    }

    private Model(ModelProto proto, IReadOnlyList<string> externalFiles)
    {
        ExternalFiles = externalFiles;
        _proto = proto;
        Graph = new Graph(proto.Graph);
        Opsets = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var opset in proto.OpsetImport) Opsets[Domains.Normalize(opset.Domain)] = opset.Version;
        Metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in proto.MetadataProps) Metadata[entry.Key] = entry.Value;
    }

    public Graph Graph { get; }

    /// <summary>The files beside the model's own that it was read from, as it names them.</summary>
    public IReadOnlyList<string> ExternalFiles { get; } = [];

    /// <summary>Operator-set versions by domain; "" is the standard one.</summary>
    public IDictionary<string, long> Opsets { get; }

    /// <summary>The model's own metadata (metadata_props).</summary>
    public IDictionary<string, string> Metadata { get; }

    public long IrVersion
    {
        get => _proto.IrVersion;
        set => _proto.IrVersion = value;
    }

    public string ProducerName
    {
        get => _proto.ProducerName;
        set => _proto.ProducerName = value;
    }

    public string ProducerVersion
    {
        get => _proto.ProducerVersion;
        set => _proto.ProducerVersion = value;
    }

    public string Description
    {
        get => _proto.DocString;
        set => _proto.DocString = value;
    }

    /// <summary>Names of the model-local functions the model defines, with their domains.</summary>
    public IEnumerable<(string Domain, string Name)> Functions => _proto.Functions.Select(f => (Domains.Normalize(f.Domain), f.Name));

    /// <summary>Reads a model file, and the external data files beside it.</summary>
    /// <exception cref="ModelFormatException">The file is no ONNX model, or its external data is missing, too short or outside its folder.</exception>
    public static Model Load(string path)
    {
        if (new FileInfo(path).Length > int.MaxValue)
            throw new ModelFormatException($"{path}: not an ONNX model; it has {new FileInfo(path).Length} bytes, and a protobuf message has at most {int.MaxValue}. Larger models keep their weights as external data.");
        var proto = ParseMessage(File.ReadAllBytes(path), path);
        return FromMessage(proto, path, ExternalData.Attach(proto, path));
    }

    /// <summary>Reads a model from bytes. <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="ModelFormatException">The bytes are no ONNX model.</exception>
    public static Model Parse(ReadOnlySpan<byte> bytes, string source = "model") => FromMessage(ParseMessage(bytes, source), source, []);

    /// <exception cref="InvalidOperationException">The message would exceed 2 GB; <see cref="Save"/> can keep weights in a file of their own.</exception>
    public byte[] ToBytes() => ModelWriter.FitsOneMessage(this)
        ? ToProto().ToByteArray()
        : throw new InvalidOperationException("The model exceeds the 2 GB of a protobuf message; save it to a file with external data.");

    /// <summary>Writes the model atomically: a reader of the path finds the old file or the new one, whole.</summary>
    public void Save(string path, SaveOptions? options = null) => ModelWriter.Save(this, path, options ?? new SaveOptions());

    /// <summary>A deep copy.</summary>
    public Model Clone()
    {
        var clone = new Model(ToProto().Clone(), ExternalFiles);
        foreach (var tensor in Graph.Initializers) clone.Graph.Initializers[tensor.Name].Detach(tensor);
        return clone;
    }

    private static ModelProto ParseMessage(ReadOnlySpan<byte> bytes, string source)
    {
        ModelProto proto;
        try
        {
            proto = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelFormatException($"{source}: not an ONNX model ({bytes.Length} bytes that do not parse as ModelProto). {exception.Message}", exception);
        }
        if (proto.Graph is null)
            throw new ModelFormatException($"{source}: not an ONNX model; it has no graph.");
        if (proto.OpsetImport.Count == 0)
            throw new ModelFormatException($"{source}: the model imports no operator set; a valid model names at least one.");
        return proto;
    }

    private static Model FromMessage(ModelProto proto, string source, IReadOnlyList<string> externalFiles)
    {
        try
        {
            return new Model(proto, externalFiles);
        }
        catch (ModelFormatException exception)
        {
            throw new ModelFormatException($"{source}: {exception.Message}", exception);
        }
    }

    internal ModelProto ToProto()
    {
        _proto.Graph = Graph.ToProto();
        _proto.OpsetImport.Clear();
        _proto.OpsetImport.AddRange(Opsets.Select(o => new OperatorSetIdProto { Domain = o.Key, Version = o.Value }));
        _proto.MetadataProps.Clear();
        _proto.MetadataProps.AddRange(Metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        return _proto;
    }
}
