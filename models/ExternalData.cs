using System.Globalization;
using Google.Protobuf;
using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models;

/// <summary>
/// Tensor data kept outside the model file (https://github.com/onnx/onnx/blob/main/docs/ExternalData.md). A location is
/// relative to the model's folder and may not leave it, neither by its path nor through a link.
/// </summary>
internal static class ExternalData
{
    /// <summary>Where a tensor's bytes begin in the data file: a page, so that the file can be memory-mapped.</summary>
    private const long Alignment = 4096;

    /// <summary>Brings the data of every external tensor into the message: initializers, attributes, subgraphs, functions.</summary>
    /// <returns>The files it came from, as the model names them.</returns>
    public static IReadOnlyList<string> Attach(ModelProto model, string modelPath)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        var folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
        foreach (var tensor in Tensors(model).Where(t => t.DataLocation == TensorProto.Types.DataLocation.External))
        {
            files.UnionWith(tensor.ExternalData.Where(e => e.Key == "location").Select(e => e.Value));
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(Read(tensor, folder, modelPath));
            tensor.ExternalData.Clear();
            tensor.ClearDataLocation();
        }
        return [.. files];
    }

    /// <summary>Moves the initializers of at least <paramref name="threshold"/> bytes out of the message into a file.</summary>
    public static void Detach(GraphProto graph, Stream file, string location, long threshold)
    {
        foreach (var tensor in graph.Initializer.Where(t => t.RawData.Length >= threshold))
        {
            file.SetLength(file.Position = (file.Length + Alignment - 1) / Alignment * Alignment);
            tensor.ExternalData.Clear();
            Set(tensor, "location", location);
            Set(tensor, "offset", file.Position.ToString(CultureInfo.InvariantCulture));
            Set(tensor, "length", tensor.RawData.Length.ToString(CultureInfo.InvariantCulture));
            tensor.RawData.WriteTo(file);
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
        }
    }

    private static byte[] Read(TensorProto tensor, string folder, string modelPath)
    {
        var where = $"{modelPath}: tensor '{tensor.Name}'";
        var entries = tensor.ExternalData.GroupBy(e => e.Key).ToDictionary(e => e.Key, e => e.Last().Value);
        if (!entries.TryGetValue("location", out var location) || location.Length == 0)
            throw new ModelFormatException($"{where} is external but names no file.");
        var path = Resolve(folder, location, where);

        var expected = TensorData.ByteLength(tensor);
        var offset = Number(entries, "offset", 0, where);
        var length = Number(entries, "length", expected, where);
        if (length != expected)
            throw new ModelFormatException($"{where} of shape [{string.Join(",", tensor.Dims)}] needs {expected} bytes, but declares {length} in '{location}'.");

        using var file = File.OpenRead(path);
        if (offset > file.Length - length)
            throw new ModelFormatException($"{where} needs {length} bytes from {offset} on of '{location}', which has only {file.Length}.");
        if (length > Array.MaxLength)
            throw new ModelFormatException($"{where} has {length} bytes; at most {Array.MaxLength} can be held.");
        var data = new byte[length];
        file.Position = offset;
        file.ReadExactly(data);
        return data;
    }

    private static string Resolve(string folder, string location, string where)
    {
        var path = location.Contains('\0', StringComparison.Ordinal) ? folder : Path.GetFullPath(Path.Combine(folder, location));
        if (Path.IsPathRooted(location) || !IsInside(folder, path))
            throw new ModelFormatException($"{where} refers to '{location}', which is outside the model's folder; refused.");
        if (!File.Exists(path))
            throw new ModelFormatException($"{where} keeps its data in '{location}', which is not beside the model ({path}).");
        for (var part = path; IsInside(folder, part); part = Path.GetDirectoryName(part)!)
        {
            var target = part == path ? File.ResolveLinkTarget(part, returnFinalTarget: true) : Directory.ResolveLinkTarget(part, returnFinalTarget: true);
            if (target is not null && !IsInside(folder, target.FullName))
                throw new ModelFormatException($"{where} refers to '{location}', where a link leads outside the model's folder; refused.");
        }
        return path;
    }

    private static bool IsInside(string folder, string path) => path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static long Number(Dictionary<string, string> entries, string key, long otherwise, string where)
    {
        if (!entries.TryGetValue(key, out var text)) return otherwise;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ModelFormatException($"{where} has the {key} '{text}'; expected a whole number of bytes.");
    }

    private static void Set(TensorProto tensor, string key, string value) => tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });

    private static IEnumerable<TensorProto> Tensors(ModelProto model) => Tensors(model.Graph).Concat(model.Functions.SelectMany(f => f.Node).SelectMany(Tensors));

    private static IEnumerable<TensorProto> Tensors(GraphProto graph) => graph.Initializer.Concat(graph.Node.SelectMany(Tensors));

    private static IEnumerable<TensorProto> Tensors(NodeProto node) => node.Attribute.SelectMany(a =>
        a.Tensors.Concat(a.T is null ? [] : [a.T]).Concat(a.G is null ? [] : Tensors(a.G)).Concat(a.Graphs.SelectMany(Tensors)));
}
