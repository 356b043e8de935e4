using System.IO.Enumeration;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>Patterns for parameter names: * stands for any characters, ? for one; case counts.</summary>
internal static class NameGlob
{
    public static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    public static bool AnyMatches(IReadOnlyList<string> patterns, string name)
    {
        foreach (var pattern in patterns)
        {
            if (Matches(pattern, name)) return true;
        }
        return false;
    }

    /// <summary>The pattern that matches one name. A question mark in it, which .NET cannot escape, stands for any one character.</summary>
    public static string Escape(string name) => name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("*", @"\*", StringComparison.Ordinal);

    /// <exception cref="TrainingException">A pattern matches no name: a slip of the pen, which would silently do nothing.</exception>
    public static void RequireMatches(string option, IEnumerable<string> patterns, IReadOnlyCollection<string> names)
    {
        var unmatched = patterns.Where(pattern => !names.Any(name => Matches(pattern, name))).ToArray();
        if (unmatched.Length > 0)
            throw new TrainingException($"{option}: no parameter is named like {string.Join(", ", unmatched.Select(p => $"'{p}'"))}. The model has: {string.Join(", ", names)}.");
    }
}
