using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>
/// provenance.json: all that a model was made of, with the SHA-256 of every file, in the spirit of a software bill of materials.
/// Packages carry it along, and it says by its hash which model it is of.
/// </summary>
internal sealed record ModelProvenance
{
    public const string FileName = "provenance.json";

    public required ProvenModel Model { get; init; }

    public required ProvenData Data { get; init; }

    public required ProvenRecipe Recipe { get; init; }

    /// <summary>What made it: this tool and what it ran on.</summary>
    public required ProvenTool Tool { get; init; }

    /// <summary>Every stage with its key, its engine, its inputs and its files, by name.</summary>
    public required IReadOnlyDictionary<string, ArtifactManifestSummary> Stages { get; init; }

    /// <summary>The packages that the tool consists of; empty where it does not list them.</summary>
    public required IReadOnlyList<Dependency> Dependencies { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, ProvenanceJson.Default.ModelProvenance) + "\n";

    public static ModelProvenance Of(ReportedRun run)
    {
        var file = run.Manifests[ExportStage.StageName].Files.First(f => f.Path == ExportStage.ModelFile);
        var model = OnnxPipeline.Models.Model.Load(run.PathOf(ExportStage.StageName, ExportStage.ModelFile));
        return new ModelProvenance
        {
            Model = new ProvenModel(file.Path, file.Size, file.Sha256, model.IrVersion, new SortedDictionary<string, long>(model.Opsets.ToDictionary(o => o.Key.Length == 0 ? "ai.onnx" : o.Key, o => o.Value), StringComparer.Ordinal)),
            Data = new ProvenData(run.Dataset.Name, run.Dataset.Source, run.Deployed.DatasetHash, run.Dataset.Train.Count, run.Dataset.Validation.Count, run.Dataset.Test.Count),
            Recipe = new ProvenRecipe(run.Recipe, run.Deployed.RecipeHash, run.Options),
            Tool = new ProvenTool("OnnxPipeline", ToolVersion.Current, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription, RuntimeInformation.OSArchitecture.ToString()),
            Stages = new SortedDictionary<string, ArtifactManifestSummary>(run.Manifests.ToDictionary(m => m.Key, m => ArtifactManifestSummary.Of(m.Value)), StringComparer.Ordinal),
            Dependencies = Dependency.All(),
        };
    }
}

/// <param name="File">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Of its content, in lower-case hexadecimal.</param>
/// <param name="IrVersion">Of the ONNX format.</param>
/// <param name="Opsets">Operator-set versions by domain.</param>
internal sealed record ProvenModel(string File, long Bytes, string Sha256, long IrVersion, IReadOnlyDictionary<string, long> Opsets);

/// <summary>The dataset, the SHA-256 of its artifact, and its samples by part.</summary>
internal sealed record ProvenData(string Name, string Source, string? Sha256, int Train, int Validation, int Test);

/// <summary>The recipe with all its options, and the SHA-256 of what of it decides the model.</summary>
internal sealed record ProvenRecipe(string Name, string? Sha256, JsonElement Options);

internal sealed record ProvenTool(string Name, string Version, string Framework, string OperatingSystem, string Architecture);

/// <summary>A stage's artifact: the SHA-256 of its content, of what decided it (the key), of its inputs and of each file.</summary>
internal sealed record ArtifactManifestSummary(string Sha256, string Key, string? Engine, string? Device, IReadOnlyDictionary<string, string> Inputs, IReadOnlyList<ArtifactFile> Files)
{
    public static ArtifactManifestSummary Of(ArtifactManifest manifest) =>
        new(manifest.Hash, manifest.Identity.ComputeKey().ToString(), manifest.Identity.Engine, manifest.Identity.DeviceKind, manifest.Identity.Inputs, manifest.Files);
}

/// <summary>A package of the tool, with its checksum as NuGet has it.</summary>
internal sealed record Dependency(string Name, string Version, string? Checksum)
{
    /// <summary>As the program's own list, its deps.json, has them.</summary>
    public static IReadOnlyList<Dependency> All()
    {
        var lists = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (lists.FirstOrDefault(File.Exists) is not { } list) return [];
        using var json = JsonDocument.Parse(File.ReadAllBytes(list));
        if (!json.RootElement.TryGetProperty("libraries", out var libraries)) return [];
        return [.. libraries.EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => (Parts: library.Name.Split('/'), Checksum: library.Value.TryGetProperty("sha512", out var sum) ? sum.GetString() : null))
            .Select(library => new Dependency(library.Parts[0], library.Parts[^1], string.IsNullOrEmpty(library.Checksum) ? null : library.Checksum))
            .OrderBy(d => d.Name, StringComparer.Ordinal)];
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelProvenance))]
internal sealed partial class ProvenanceJson : JsonSerializerContext;
