using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Packaging;

/// <summary>The model that is packaged, and what lies beside it.</summary>
internal sealed partial class PackageSource
{
    /// <summary>What of a run's files goes with the model.</summary>
    private static readonly string[] Companions = ["MODEL_CARD.md", "metrics.json", "provenance.json", "verify.json"];

    private readonly string _path;

    private PackageSource(string path, Model model, DeployMetadata metadata, PackageOptions options)
    {
        _path = path;
        Model = model;
        Metadata = metadata;
        Options = options;
        Name = options.Name ?? Plain(metadata.Dataset ?? "model");
    }

    public Model Model { get; }

    public DeployMetadata Metadata { get; }

    public PackageOptions Options { get; }

    /// <summary>The model's name in the package.</summary>
    public string Name { get; }

    /// <summary>Whether the model decodes image files itself, for which a runtime needs ONNX Runtime Extensions.</summary>
    public bool TakesFiles => Metadata.Input?.Layout == ImageLayout.Encoded;

    /// <exception cref="PackageException">There is no such file, or it is no model that this pipeline exported, or the name will not do.</exception>
    public static PackageSource Open(string path, PackageOptions options)
    {
        if (options.Name is { } name && !NamePattern().IsMatch(name)) throw new PackageException($"'{name}' cannot name a model; expected a letter, then letters, digits, '.', '_' or '-', at most 100.");
        if (!VersionPattern().IsMatch(options.Version)) throw new PackageException($"'{options.Version}' is no version; expected for example 1.2.0 or 1.2.0-beta.");
        if (!File.Exists(path)) throw new PackageException($"There is no model file '{path}'.");
        try
        {
            var model = Model.Load(path);
            var metadata = DeployMetadata.FromEntries(model.Metadata) ?? throw new PackageException($"{path} is no model that this pipeline exported: it does not say what goes in and what comes out. Export it with 'pipeline run', then package what that wrote.");
            if (File.Exists($"{path}.data")) throw new PackageException($"{path} keeps weights in a second file, {Path.GetFileName(path)}.data, and packages hold models of one file. Export it as one.");
            return new PackageSource(path, model, metadata, options);
        }
        catch (Exception exception) when (exception is ModelFormatException or FormatException)
        {
            throw new PackageException($"{path} is no ONNX model that can be packaged: {exception.Message}", exception);
        }
    }

    /// <summary>Copies the model, byte by byte, so that hashes and signatures hold.</summary>
    public void CopyModel(string target) => File.Copy(_path, target);

    /// <summary>Copies the card and the reports that are beside the model; links are not followed.</summary>
    /// <exception cref="PackageException">They are of another model.</exception>
    public void CopyCompanions(string folder)
    {
        CheckProvenance(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path))!, "provenance.json"));
        foreach (var name in Companions)
        {
            var file = new FileInfo(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path))!, name));
            if (file is { Exists: true, LinkTarget: null }) file.CopyTo(Path.Combine(folder, name));
        }
    }

    /// <summary>The provenance names its model by its hash; the card beside it is of the same run.</summary>
    private void CheckProvenance(string path)
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null }) return;
        string? stated;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            stated = json.RootElement.GetProperty("model").GetProperty("sha256").GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new PackageException($"{path} is damaged: it names no model by its hash. Remove it, or run the recipe again.", exception);
        }
        var found = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_path)));
        if (stated != found) throw new PackageException($"{path} is of another model: it names SHA-256 {stated}, and {Path.GetFileName(_path)} has {found}. Package the model where its own run left it, or alone.");
    }

    /// <summary>A name made of whatever the data are called.</summary>
    private static string Plain(string text)
    {
        var name = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).Trim('-', '.', '_');
        if (name.Length == 0 || !char.IsAsciiLetter(name[0])) name = $"model-{name}".TrimEnd('-');
        return name.Length > 100 ? name[..100] : name;
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-[A-Za-z0-9.-]{1,50})?\z")]
    private static partial Regex VersionPattern();
}
