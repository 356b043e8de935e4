using OnnxPipeline.Export;
using OnnxPipeline.Models;

namespace OnnxPipeline.Pipeline.Commands.Samples;

/// <summary>
/// Samples in files of tensors: a file for each input, named as the input is ("x.npy") or by its place ("input_0.pb", as in ONNX's
/// test sets), and of each as many in as many folders as there are. For a model of one input, any files.
/// </summary>
internal static class TensorFiles
{
    private const string PlacePrefix = "input_";

    /// <summary>The answers in ONNX's test sets, which are no inputs.</summary>
    private const string AnswerPrefix = "output_";

    /// <summary>Files of tensors among the paths and in the folders among them, and in folders of those; empty for none.</summary>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths) =>
        [.. paths.SelectMany(FilesOf).Where(path => TensorFile.IsNamedLikeOne(path) && !Path.GetFileName(path).StartsWith(AnswerPrefix, StringComparison.Ordinal))];

    /// <summary>The samples of all files one after the other.</summary>
    /// <exception cref="UsageException">A file is of no input, an input has none, or they do not fit it.</exception>
    /// <exception cref="ModelFormatException">A file holds no tensor.</exception>
    public static HeldOutSamples Read(IReadOnlyList<string> files, Model model)
    {
        var inputs = model.Graph.RequiredInputs.ToArray();
        var found = files.Select(file => (Input: InputOf(file, inputs), Tensor: TensorFile.Read(file), File: file)).ToLookup(f => f.Input);
        if (inputs.FirstOrDefault(i => !found.Contains(i)) is { } lacking)
            throw new UsageException($"No file is of the input '{lacking}'; the files are {string.Join(", ", files.Select(Path.GetFileName).Take(10))}. Name a file of each input as it is, for example {lacking.Name}.npy.");
        var tensors = inputs.Select(input => Joined(input, [.. found[input].Select(f => (f.Tensor, f.File))])).ToArray();
        return tensors.All(t => t.Dims[0] == tensors[0].Dims[0]) ? HeldOutSamples.Of(tensors)
            : throw new UsageException($"The files hold other numbers of samples for each input: {string.Join(", ", tensors.Select(t => $"{t.Dims[0]} of {t.Name}"))}.");
    }

    private static IEnumerable<string> FilesOf(string path) => File.Exists(path) ? [path]
        : Directory.Exists(path) ? Directory.EnumerateFiles(path).Concat(Directory.EnumerateDirectories(path).SelectMany(Directory.EnumerateFiles)).Order(StringComparer.Ordinal)
        : [];

    private static Value InputOf(string file, Value[] inputs)
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        if (inputs.FirstOrDefault(i => i.Name == stem) is { } named) return named;
        if (stem.StartsWith(PlacePrefix, StringComparison.Ordinal) && int.TryParse(stem[PlacePrefix.Length..], out var place) && place >= 0 && place < inputs.Length) return inputs[place];
        return inputs is [var only] ? only : throw new UsageException($"'{file}' is named like none of the model's inputs. Valid: {string.Join(", ", inputs.Select(i => i.Name))}, or {PlacePrefix}0 to {PlacePrefix}{inputs.Length - 1}.");
    }

    private static Initializer Joined(Value input, (Initializer Tensor, string File)[] parts)
    {
        foreach (var (tensor, file) in parts)
        {
            if (!Fits(tensor, input)) throw new UsageException($"{file}: holds {tensor.Type}, and the model's input is {input}; the first axis counts samples.");
        }
        var tail = parts[0].Tensor.Dims.Skip(1).ToArray();
        if (parts.FirstOrDefault(p => !p.Tensor.Dims.Skip(1).SequenceEqual(tail)) is { File: not null } other)
            throw new UsageException($"{other.File}: holds {other.Tensor.Type}, and {parts[0].File} {parts[0].Tensor.Type}; samples of one input are of one shape.");
        long[] dims = [parts.Sum(p => p.Tensor.Dims[0]), .. tail];
        return input.Type!.Value.Element == ElementType.String
            ? Initializer.OfStrings(input.Name, [.. parts.SelectMany(p => p.Tensor.Strings)], dims)
            : Initializer.FromBytes(input.Name, input.Type.Value.Element, [.. parts.SelectMany(p => p.Tensor.Bytes.ToArray())], dims);
    }

    private static bool Fits(Initializer tensor, Value input) => tensor.Dims.Count > 0 && input.Type is { } type && type.Element == tensor.ElementType
        && (type.Shape is not { } shape || (shape.Rank == tensor.Dims.Count && shape.Skip(1).Zip(tensor.Dims.Skip(1)).All(axis => axis.First.Size is null || axis.First.Size == axis.Second)));
}
