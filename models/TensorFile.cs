using Google.Protobuf;
using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models;

/// <summary>Reads one tensor from a file: a TensorProto, as ONNX's test sets have them (.pb), or a NumPy array (.npy).</summary>
public static class TensorFile
{
    private const string Numpy = ".npy";

    /// <summary>What files of tensors end in.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".pb", Numpy];

    /// <summary>Whether a path ends as a file of a tensor does.</summary>
    public static bool IsNamedLikeOne(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The tensor; its name is the one that the file gives it, and empty for an array.</summary>
    /// <exception cref="ModelFormatException">The file holds no tensor, or not all of it.</exception>
    public static Initializer Read(string path)
    {
        if (new FileInfo(path).Length > Array.MaxLength) throw new ModelFormatException($"{path}: has {new FileInfo(path).Length:N0} bytes; a tensor is read from at most {Array.MaxLength:N0}. Split it along its first axis.");
        var bytes = File.ReadAllBytes(path);
        return Path.GetExtension(path).Equals(Numpy, StringComparison.OrdinalIgnoreCase) ? NumpyArray.Parse(bytes, path) : ParseMessage(bytes, path);
    }

    private static Initializer ParseMessage(byte[] bytes, string path)
    {
        try
        {
            var tensor = new Initializer(TensorProto.Parser.ParseFrom(bytes));
            if (tensor.ElementType == ElementType.Undefined) throw new ModelFormatException("it has no element type; expected a TensorProto.");
            if (tensor.IsExternal) throw new ModelFormatException("it keeps its data in another file; expected a tensor that is whole.");
            if (tensor.ElementType != ElementType.String) tensor.UseRawData();
            return tensor;
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or ModelFormatException)
        {
            throw new ModelFormatException($"{path}: not a tensor ({bytes.Length} bytes). {exception.Message}", exception);
        }
    }
}
