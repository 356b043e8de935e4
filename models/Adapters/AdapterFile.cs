using System.Globalization;

namespace OnnxPipeline.Models.Adapters;

/// <summary>
/// An adapter as ONNX Runtime reads it: tensors that take the places of a model's inputs of the same names for a run.
/// Source: onnxruntime/lora/adapter_format/adapter_schema.fbs, format version 1.
/// </summary>
public sealed record AdapterFile
{
    /// <summary>What adapter files end in.</summary>
    public const string Extension = ".onnx_adapter";

    /// <summary>The writer's own count of the adapter's versions.</summary>
    public int AdapterVersion { get; init; } = 1;

    /// <summary>Which base it belongs to: <see cref="ModelVersionOf"/> of the base's fingerprint. Adapters made elsewhere have any number.</summary>
    public int ModelVersion { get; init; }

    public required IReadOnlyList<AdapterTensor> Tensors { get; init; }

    /// <summary>The first 31 bits of a base's fingerprint, for which the format has room.</summary>
    /// <param name="fingerprint">SHA-256 in hexadecimal.</param>
    public static int ModelVersionOf(string fingerprint) => (int)(uint.Parse(fingerprint.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) >> 1);

    /// <exception cref="AdapterFormatException">The file is no adapter, damaged, or larger than the format allows.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static AdapterFile Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > int.MaxValue) throw new AdapterFormatException($"{path}: has {length:N0} bytes; an adapter file has at most {int.MaxValue:N0}.");
        return Parse(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads an adapter from bytes. <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="AdapterFormatException">The bytes are no adapter, or not all of one.</exception>
    public static AdapterFile Parse(byte[] bytes, string source = "adapter")
    {
        var file = AdapterReader.Read(bytes, source);
        foreach (var tensor in file.Tensors) TensorCheck.Check(tensor, source);
        if (file.Tensors.Count == 0) throw new AdapterFormatException($"{source}: holds no tensors, so that it would change nothing.");
        if (file.Tensors.GroupBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new AdapterFormatException($"{source}: holds {twice.Count()} tensors named '{twice.Key}'; names must differ.");
        return file;
    }

    /// <summary>The file's bytes; equal adapters give equal bytes.</summary>
    public byte[] ToBytes() => AdapterWriter.Write(this);

    /// <summary>Writes the file: to a temporary name, then renamed, so that no reader sees half of it.</summary>
    public void Save(string path)
    {
        var temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            File.WriteAllBytes(temporary, ToBytes());
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
