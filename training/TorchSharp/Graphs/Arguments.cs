namespace OnnxPipeline.Training.TorchSharp.Graphs;

/// <summary>A node's inputs as it runs.</summary>
internal readonly struct Arguments(Tensor?[] values)
{
    /// <summary>An input that the node has.</summary>
    public Tensor this[int index] => values[index]!;

    public int Count => values.Length;

    /// <summary>An input that may have been left out.</summary>
    public Tensor? Optional(int index) => index < values.Length ? values[index] : null;

    /// <summary>All of them, of an op that takes any number.</summary>
    public Tensor[] All => values!;
}

/// <summary>Computes a node's one output. It may return an input itself, and disposes of nothing it was given.</summary>
internal delegate Tensor TorchFunction(Arguments x);

/// <summary>Computes a node's outputs, in order; null for one that is not there.</summary>
internal delegate Tensor?[] TorchFunctions(Arguments x);
