namespace OnnxPipeline.Pipeline.Store.Remote.S3;

/// <summary>Files of sections and "name = value" lines, as Amazon's tools keep them.</summary>
internal static class IniFile
{
    /// <summary>Values by section and name; empty where there is no such file.</summary>
    /// <exception cref="UsageException">It is there but cannot be read.</exception>
    public static Dictionary<string, IReadOnlyDictionary<string, string>> Read(string path)
    {
        var sections = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        if (!File.Exists(path)) return sections;
        var section = new Dictionary<string, string>();
        foreach (var line in Lines(path))
        {
            if (line.StartsWith('[') && line.Contains(']'))
            {
                section = [];
                sections[line[1..line.IndexOf(']')].Trim()] = section;
            }
            else if (!line.StartsWith('#') && !line.StartsWith(';') && line.Split('=', 2) is [var name, var value])
            {
                section[name.Trim()] = value.Trim();
            }
        }
        return sections;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be read: {exception.Message}");
        }
    }
}
