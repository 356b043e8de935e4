using OnnxPipeline.Models;
using OnnxPipeline.Training.TorchSharp.Graphs;
using OnnxPipeline.Training.TorchSharp.State;
using OnnxPipeline.Training.TorchSharp.Translations;
using TorchSharp;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>Graphs run by TorchSharp.</summary>
internal static class TorchRun
{
    /// <summary>The ops that have a translation.</summary>
    public static IReadOnlyList<string> KnownOps => [.. TorchOps.Known];

    /// <summary>The outputs of a graph by name, and by "gradient/name" the gradients of one of them, a scalar, with respect to inputs.</summary>
    public static IReadOnlyDictionary<string, float[]> Values(Model model, IReadOnlyDictionary<string, Initializer> inputs, IReadOnlyCollection<string> outputs, string? loss, params IReadOnlyCollection<string> weights)
    {
        using var graph = new TorchCompiler(torch.CPU).Compile(model, [.. outputs, .. loss is null ? [] : new[] { loss }]);
        var given = inputs.ToDictionary(i => i.Key, i => TorchTypes.Create(i.Value, torch.CPU));
        foreach (var weight in weights) given[weight].requires_grad = true;
        foreach (var (name, tensor) in given) graph.Give(graph.PlaceOf(name), tensor);
        graph.Run();
        if (loss is not null) graph[graph.PlaceOf(loss)].backward();
        var values = outputs.ToDictionary(name => name, name => HostCopy.Floats(graph[graph.PlaceOf(name)]));
        foreach (var weight in weights) values[$"gradient/{weight}"] = Gradients.Of(given[weight]) is { } gradient ? HostCopy.Floats(gradient) : new float[given[weight].numel()];
        foreach (var tensor in given.Values) tensor.Dispose();
        return values;
    }
}
