namespace OnnxPipeline.Inference.Server.Models;

/// <summary>Length and time of a file, which change when it does.</summary>
internal readonly record struct FileStamp(long Length, DateTime Written)
{
    /// <summary>Null where there is no such file.</summary>
    public static FileStamp? Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc) : null;
    }
}
