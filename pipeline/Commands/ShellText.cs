namespace OnnxPipeline.Pipeline.Commands;

/// <summary>Command lines to be copied into a shell.</summary>
internal static class ShellText
{
    private const string Plain = "=._-+:/,";

    public static string Line(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    /// <summary>In single quotes where a POSIX shell would otherwise read more into it.</summary>
    private static string Quote(string argument) => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c)) ? argument : $"'{argument.Replace("'", "'\\''")}'";
}
