using System.Security.Cryptography;
using System.Text;

namespace OnnxPipeline.Datasets.Sources;

/// <summary>
/// What has come of a download so far: "NAME.TAG.part" beside the final file, and the server's validator for it in
/// "NAME.TAG.validator". The tag is the URL's, since another mirror's compressed bytes may differ.
/// </summary>
internal sealed class PartialFile(string finalPath, Uri url)
{
    private readonly string _validatorPath = $"{finalPath}.{Tag(url)}.validator";

    public string Path { get; } = $"{finalPath}.{Tag(url)}.part";

    public long Length => new FileInfo(Path) is { Exists: true } file ? file.Length : 0;

    /// <summary>A strong ETag or a Last-Modified date, as If-Range takes it (RFC 9110, 13.1.5); null when the server gave neither.</summary>
    public string? Validator => File.Exists(_validatorPath) ? File.ReadAllText(_validatorPath) : null;

    public void Restart(string? validator)
    {
        Delete();
        if (validator is not null) File.WriteAllText(_validatorPath, validator);
    }

    public FileStream OpenAppend() => new(Path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Gives the complete file its final name, in one step.</summary>
    public void Publish()
    {
        using (var file = new FileStream(Path, FileMode.Open, FileAccess.Write)) file.Flush(flushToDisk: true);
        File.Move(Path, finalPath, overwrite: true);
        File.Delete(_validatorPath);
    }

    public void Delete()
    {
        File.Delete(Path);
        File.Delete(_validatorPath);
    }

    private static string Tag(Uri url) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)))[..8];
}
