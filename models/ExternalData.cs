using System.Globalization;

namespace OnnxPipeline.Models;

/// <summary>
/// Brings tensor data kept outside the model file into memory (https://github.com/onnx/onnx/blob/main/docs/ExternalData.md).
/// A location is relative to the model's folder and may not leave it.
/// </summary>
internal static class ExternalData
{
    public static void Attach(Model model, string modelPath)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
        foreach (var tensor in model.Graph.Initializers.Where(t => t.IsExternal)) tensor.Attach(Read(tensor, folder, modelPath));
    }

    private static byte[] Read(Initializer tensor, string folder, string modelPath)
    {
        var where = $"{modelPath}: initializer '{tensor.Name}'";
        var entries = tensor.ExternalData;
        if (!entries.TryGetValue("location", out var location) || location.Length == 0)
            throw new ModelFormatException($"{where} is external but names no file.");

        var path = Path.GetFullPath(Path.Combine(folder, location));
        if (Path.IsPathRooted(location) || !path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ModelFormatException($"{where} refers to '{location}', which is outside the model's folder; refused.");
        if (!File.Exists(path))
            throw new ModelFormatException($"{where} keeps its data in '{location}', which is not beside the model ({path}).");

        var expected = tensor.ElementType.ByteLength(tensor.ElementCount);
        var offset = Number(entries, "offset", 0, where);
        var length = Number(entries, "length", expected, where);
        if (length != expected)
            throw new ModelFormatException($"{where} of type {tensor.Type} needs {expected} bytes, but declares {length} in '{location}'.");

        using var file = File.OpenRead(path);
        if (offset < 0 || offset > file.Length - length)
            throw new ModelFormatException($"{where} needs bytes {offset} to {offset + length} of '{location}', which has only {file.Length}.");
        var data = new byte[length];
        file.Position = offset;
        file.ReadExactly(data);
        return data;
    }

    private static long Number(IReadOnlyDictionary<string, string> entries, string key, long otherwise, string where)
    {
        if (!entries.TryGetValue(key, out var text)) return otherwise;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ModelFormatException($"{where} has the {key} '{text}'; expected a whole number of bytes.");
    }
}
