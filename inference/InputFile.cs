namespace OnnxPipeline.Inference;

/// <summary>Opens a file of inputs, or the standard input in its place; what cannot be read is a reason, not an exception.</summary>
internal static class InputFile
{
    /// <summary>What stands for the standard input.</summary>
    public const string StandardInput = "-";

    /// <param name="path">The file, or <see cref="StandardInput"/>.</param>
    /// <param name="standardInput">Opens what that stands for.</param>
    /// <param name="open">Opens a file.</param>
    /// <param name="expected">What the file should be, for the reason.</param>
    public static (Stream? Stream, string? Error) Open(string path, Func<Stream> standardInput, Func<string, Stream> open, string expected)
    {
        if (path == StandardInput) return (standardInput(), null);
        try
        {
            return (open(path), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, $"cannot be read: {exception.Message} Expected {expected}.");
        }
    }
}
