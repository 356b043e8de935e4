namespace OnnxPipeline.Inference;

/// <summary>Length and time of a file, which change when it does.</summary>
internal readonly record struct FileStamp(long Length, DateTime Written)
{
    /// <summary>Null where there is no such file; of a link, what it leads to.</summary>
    public static FileStamp? Of(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) file = target;
        return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc) : null;
    }
}
