using System.Numerics.Tensors;

namespace OnnxPipeline.Inference;

/// <summary>A class and how probable it is, from 0 to 1.</summary>
public readonly record struct ClassProbability(int Index, string Label, float Probability);

/// <summary>What a model says of one image.</summary>
public sealed class Prediction
{
    private readonly float[] _probabilities;

    internal Prediction(IReadOnlyList<string> labels, float[] probabilities)
    {
        Labels = labels;
        _probabilities = probabilities;
    }

    /// <summary>Class names, by class index.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Probabilities, by class index.</summary>
    public IReadOnlyList<float> Probabilities => _probabilities;

    /// <summary>The most probable class; of equals, the first.</summary>
    public ClassProbability Top => At(TensorPrimitives.IndexOfMax<float>(_probabilities));

    /// <summary>The <paramref name="count"/> most probable classes, best first; all of them where there are fewer.</summary>
    public IReadOnlyList<ClassProbability> Best(int count) =>
        [.. Enumerable.Range(0, _probabilities.Length).OrderByDescending(i => _probabilities[i]).Take(count).Select(At)];

    /// <summary>For example "Sneaker 98.2 %".</summary>
    public override string ToString() => $"{Top.Label} {Top.Probability:P1}";

    private ClassProbability At(int index) => new(index, Labels[index], _probabilities[index]);
}
