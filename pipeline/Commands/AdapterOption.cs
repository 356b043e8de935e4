namespace OnnxPipeline.Pipeline.Commands;

/// <summary>Adapters on a command line, as NAME=FILE.</summary>
internal static class AdapterOption
{
    /// <param name="given">What the command line says.</param>
    /// <param name="models">How many models it names.</param>
    /// <param name="complain">Told each thing that is wrong.</param>
    public static void Validate(string[] given, int models, Action<string> complain)
    {
        if (models != 1) complain($"--adapter is for one MODEL, and {models} are given; of several, or of a repository, each has its adapters in NAME/VERSION/adapters of a --repository.");
        foreach (var text in given)
        {
            var (name, path) = Split(text);
            if (path is null || name.Length == 0) complain($"--adapter is '{text}'; expected NAME=FILE, for example cats=cats.onnx_adapter.");
            else if (!File.Exists(path)) complain($"There is no adapter file '{path}'.");
        }
        if (given.GroupBy(text => Split(text).Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice) complain($"--adapter gives {twice.Count()} files the name '{twice.Key}'; give each a name of its own.");
    }

    /// <summary>Files by their names.</summary>
    public static IReadOnlyDictionary<string, string> Read(string[] given) => given.Select(Split).ToDictionary(pair => pair.Name, pair => pair.Path!);

    private static (string Name, string? Path) Split(string text) => text.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, null);
}
