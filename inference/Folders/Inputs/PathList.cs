using System.Text;

namespace OnnxPipeline.Inference.Folders.Inputs;

/// <summary>Reads a path a line, as UTF-8; empty lines are passed over.</summary>
internal static class PathList
{
    /// <summary>Characters of a path at most: eight times what Linux takes. It bounds the memory that a file of no lines takes.</summary>
    private const int MaxLength = 32_768;

    public static IEnumerable<InputImage> Read(string list, Func<Stream> standardInput)
    {
        var (stream, error) = InputFile.Open(list, standardInput, File.OpenRead, "a file with a path a line");
        using (stream)
        {
            if (stream is null)
            {
                yield return new InputImage(list, error);
                yield break;
            }
            using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
            var line = new StringBuilder();
            for (var (number, more) = (1L, true); more; number++)
            {
                more = ReadLine(reader, line);
                if (line.Length > MaxLength)
                {
                    yield return new InputImage(list, $"line {number} has more than {MaxLength:N0} characters; expected a path a line. What lies behind it was not read.");
                    yield break;
                }
                var path = line.ToString();
                if (path.Contains('\0')) yield return new InputImage(list, $"line {number} has a NUL character; expected a path a line.");
                else if (path.Length > 0) yield return new InputImage(path);
            }
        }
    }

    /// <summary>Reads to the end of the line or one character beyond the limit; false at the end of the file.</summary>
    private static bool ReadLine(StreamReader reader, StringBuilder line)
    {
        line.Clear();
        while (line.Length <= MaxLength && reader.Read() is >= 0 and var c)
        {
            if (c == '\n')
            {
                if (line.Length > 0 && line[^1] == '\r') line.Length--;
                return true;
            }
            line.Append((char)c);
        }
        return false;
    }
}
