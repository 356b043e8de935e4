using OnnxPipeline.Models;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>Graphs run by TorchSharp, where it is not built in: nothing calls this, as such tests are skipped.</summary>
internal static class TorchRun
{
    public static IReadOnlyList<string> KnownOps => throw new NotSupportedException(TorchFactAttribute.Reason);

    public static IReadOnlyDictionary<string, float[]> Values(Model model, IReadOnlyDictionary<string, Initializer> inputs, IReadOnlyCollection<string> outputs, string? loss, params IReadOnlyCollection<string> weights) =>
        throw new NotSupportedException(TorchFactAttribute.Reason);
}
