namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>Where autograd leaves the gradient of a weight. TorchSharp has it as a method up to 0.100 and as a property later; this takes whichever there is.</summary>
internal static class Gradients
{
    private static readonly Func<Tensor, Tensor?> Find =
        (typeof(Tensor).GetProperty("grad")?.GetMethod ?? typeof(Tensor).GetMethod("grad", [])!).CreateDelegate<Func<Tensor, Tensor?>>();

    /// <summary>The gradient, which later backward passes add to in place; null before the first one that reaches the weight.</summary>
    public static Tensor? Of(Tensor weight) => Find(weight);
}
