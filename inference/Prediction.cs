using System.Numerics.Tensors;

namespace OnnxPipeline.Inference;

/// <summary>A class and how probable it is, from 0 to 1.</summary>
public readonly record struct ClassProbability(int Index, string Label, float Probability);

/// <summary>What a model says of one sample.</summary>
public sealed class Prediction
{
    private readonly float[] _probabilities;
    private readonly double? _threshold;

    internal Prediction(IReadOnlyList<string> labels, float[] probabilities, double? threshold)
    {
        Labels = labels;
        _probabilities = probabilities;
        _threshold = threshold;
    }

    /// <summary>Class names, by class index.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Probabilities, by class index.</summary>
    public IReadOnlyList<float> Probabilities => _probabilities;

    /// <summary>The answer: the most probable class, of equals the first; or where the model has a threshold, the second class if its probability is at least that, else the first.</summary>
    public ClassProbability Top => At(_threshold is { } threshold ? (_probabilities[1] >= threshold ? 1 : 0) : TensorPrimitives.IndexOfMax<float>(_probabilities));

    /// <summary>The <paramref name="count"/> most probable classes, best first; all of them where there are fewer.</summary>
    public IReadOnlyList<ClassProbability> Best(int count) =>
        [.. Enumerable.Range(0, _probabilities.Length).OrderByDescending(i => _probabilities[i]).Take(count).Select(At)];

    /// <summary><see cref="Top"/>, then the other classes as in <see cref="Best"/>; <paramref name="count"/> of them, or all.</summary>
    public IReadOnlyList<ClassProbability> Ranked(int count)
    {
        var top = Top;
        return [.. Best(_probabilities.Length).Where(c => c.Index != top.Index).Prepend(top).Take(count)];
    }

    /// <summary>For example "Sneaker 98.2 %".</summary>
    public override string ToString() => $"{Top.Label} {Top.Probability:P1}";

    private ClassProbability At(int index) => new(index, Labels[index], _probabilities[index]);
}
