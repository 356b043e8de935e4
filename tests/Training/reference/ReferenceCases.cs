using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnnxPipeline.Training.Tests;

/// <summary>
/// PyTorch's figures, stored in the JSON files of this folder and made by the scripts beside them. Computed in float64 from
/// float32 inputs, so they are nearer the truth than any float32 engine.
/// </summary>
public static class ReferenceCases
{
    private static readonly Lazy<GradientFile> Gradients = new(() => Read<GradientFile>("gradients.json"));
    private static readonly Lazy<GradientFile> TabularGradients = new(() => Read<GradientFile>("tabular.json"));
    private static readonly Lazy<LossFile> LossFigures = new(() => Read<LossFile>("losses.json"));
    private static readonly Lazy<NetworkFile> NetworkFigures = new(() => Read<NetworkFile>("networks.json"));

    /// <summary>Single nodes (gradients.json and tabular.json).</summary>
    public static IReadOnlyList<ReferenceCase> Nodes => [.. Gradients.Value.Cases, .. TabularGradients.Value.Cases];

    /// <summary>Losses with their options (losses.json).</summary>
    public static IReadOnlyList<ReferenceLoss> Losses => LossFigures.Value.Losses;

    /// <summary>Whole networks (networks.json).</summary>
    public static IReadOnlyList<ReferenceNetwork> Networks => NetworkFigures.Value.Networks;

    /// <summary>Names of the single-node cases, as a theory's data.</summary>
    public static TheoryData<string> NodeNames => [.. Nodes.Select(c => c.Name)];

    /// <summary>Names of the losses, as a theory's data.</summary>
    public static TheoryData<string> LossNames => [.. Losses.Select(c => c.Name)];

    /// <summary>Names of the networks, as a theory's data.</summary>
    public static TheoryData<string> NetworkNames => [.. Networks.Select(c => c.Name)];

    public static ReferenceCase Node(string name) => Nodes.First(c => c.Name == name);

    public static ReferenceLoss Loss(string name) => Losses.First(c => c.Name == name);

    public static ReferenceNetwork Network(string name) => Networks.First(c => c.Name == name);

    /// <summary>Reads an embedded reference file.</summary>
    internal static T Read<T>(string file)
    {
        var assembly = typeof(ReferenceCases).Assembly;
        using var stream = assembly.GetManifestResourceStream($"reference/{file}")
            ?? throw new FileNotFoundException($"No reference file '{file}' is embedded; there are {string.Join(", ", assembly.GetManifestResourceNames())}.");
        return JsonSerializer.Deserialize<T>(stream, Json)!;
    }

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    private sealed record GradientFile(IReadOnlyList<ReferenceCase> Cases);

    private sealed record LossFile(IReadOnlyList<ReferenceLoss> Losses);

    private sealed record NetworkFile(IReadOnlyList<ReferenceNetwork> Networks);
}
