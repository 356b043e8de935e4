using System.IO.Compression;
using System.Security.Cryptography;
using OnnxPipeline.Models.Metadata.Bundles;

namespace OnnxPipeline.OnDevice;

/// <summary>A bundle's files, from its folder or archive; each is what the manifest says.</summary>
internal sealed class BundleFiles
{
    public const string ManifestName = BundleManifest.FileName;

    private readonly string _path;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <exception cref="OnDeviceException">There is no bundle, or it is damaged.</exception>
    public BundleFiles(string path)
    {
        _path = path;
        using var archive = Directory.Exists(path) ? null : OpenArchive(path);
        Func<string, byte[]?> read = archive is null ? ReadFile : name => ReadEntry(archive, name);
        var manifest = read(ManifestName) ?? throw Damaged($"'{ManifestName}' is missing");
        Manifest = Parse(manifest);
        _files[ManifestName] = manifest;
        foreach (var (name, sum) in Manifest.Files)
        {
            // A name is a file of the bundle, and never a way out of its folder.
            if (name != Path.GetFileName(name)) throw Damaged($"its manifest names the file '{name}', which is no plain name");
            var bytes = read(name) ?? throw Damaged($"'{name}' is missing");
            if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != sum) throw Damaged($"the SHA-256 of '{name}' is not the one that its manifest names");
            _files[name] = bytes;
        }
        Check();
    }

    public BundleManifest Manifest { get; }

    /// <summary>The files there are, the manifest among them.</summary>
    public IEnumerable<string> Names => _files.Keys;

    /// <summary>A file's bytes; null where the bundle has none of that name.</summary>
    public byte[]? Find(string name) => _files.GetValueOrDefault(name);

    /// <exception cref="OnDeviceException">The manifest does not list the file.</exception>
    public byte[] this[string name] => Find(name) ?? throw Damaged($"its manifest lists no file '{name}'");

    public OnDeviceException Damaged(string why, Exception? inner = null) => new($"{_path}: not a whole bundle: {why}. Take another copy, or make it anew: pipeline export --on-device.", inner);

    private ZipArchive OpenArchive(string path)
    {
        if (!File.Exists(path)) throw new OnDeviceException($"There is no bundle '{path}'; expected a folder with a {ManifestName}, or an archive of one.");
        try
        {
            return ZipFile.OpenRead(path);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged("it is neither a folder nor a .zip archive", exception);
        }
    }

    private byte[]? ReadFile(string name) => Path.Combine(_path, name) is var path && File.Exists(path) ? File.ReadAllBytes(path) : null;

    private byte[]? ReadEntry(ZipArchive archive, string name)
    {
        if (archive.GetEntry(name) is not { } entry) return null;
        try
        {
            using var stream = entry.Open();
            var bytes = new byte[checked((int)entry.Length)];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw Damaged($"'{name}' cannot be unpacked", exception);
        }
    }

    private BundleManifest Parse(byte[] bytes)
    {
        try
        {
            return BundleManifest.Parse(bytes);
        }
        catch (FormatException exception)
        {
            throw Damaged(exception.Message.TrimEnd('.'), exception);
        }
    }

    /// <summary>What tensors are written over must lie inside the model's file.</summary>
    private void Check()
    {
        try
        {
            var length = this[Manifest.Model.File].LongLength;
            if (Manifest.Model.LabelsOffset < 0 || Manifest.Model.LabelsOffset > length) throw Damaged("the class names lie outside of the model's file");
            foreach (var tensor in Manifest.State)
            {
                if (tensor.Offset is { } offset && (offset < 0 || offset + tensor.ByteLength > Manifest.Model.LabelsOffset)) throw Damaged($"'{tensor.Name}' lies outside of the model's file");
            }
            foreach (var input in Manifest.Inputs) _ = input.Length * BundleTypes.ByteLength(input.Type);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw Damaged(exception.Message.TrimEnd('.'), exception);
        }
    }
}
