using System.Runtime.Intrinsics;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>An optimizer's arithmetic, element by element: from weight, gradient and up to three state tensors to new ones.</summary>
internal interface IUpdateRule
{
    /// <summary>State tensors the rule uses, 0 to 3; the others are never read or written.</summary>
    static abstract int Slots { get; }

    void Apply(ref Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> first, ref Vector512<float> second, ref Vector512<float> third);
}
