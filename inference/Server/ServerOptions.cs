using System.Net;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference.Server;

/// <summary>A model to serve.</summary>
/// <param name="Name">Its name in addresses: letters, digits, '-', '_' and '.'.</param>
/// <param name="Path">The ONNX file.</param>
public sealed record ServedModelOptions(string Name, string Path);

/// <summary>What is served, and where.</summary>
public sealed record ServerOptions
{
    public required IReadOnlyList<ServedModelOptions> Models { get; init; }

    /// <summary>By default only this machine can reach the server.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>The most bytes a request's body may have.</summary>
    public int MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>The largest image to accept.</summary>
    public ImageLimits Images { get; init; } = ImageLimits.Default;

    /// <summary>How models are run: device, threads, and what the metadata of a model from elsewhere lacks.</summary>
    public PredictorOptions Predictor { get; init; } = new();

    /// <exception cref="ArgumentException">No model, a name that does not fit into an address, or one name twice.</exception>
    internal void Validate()
    {
        if (Models.Count == 0) throw new ArgumentException("The server has no model to serve; name at least one ONNX file.");
        foreach (var model in Models)
        {
            if (model.Name.Length == 0 || !model.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                throw new ArgumentException($"'{model.Name}' cannot be a model's name; use letters, digits, '-', '_' and '.'.");
        }
        if (Models.GroupBy(m => m.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Two models are named '{twice.Key}' ({string.Join(", ", twice.Select(m => m.Path))}); give each a name of its own.");
    }
}
