using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>
/// Which values of a graph are constants. From IR version 4 on, an initializer that is also an input is only a default that
/// a caller may override, and so no constant.
/// </summary>
internal sealed class ConstantTable(Model model, Func<string, Node?> producer)
{
    public const long FirstIrWithConstants = 4;

    private readonly HashSet<string> _overridable = model.IrVersion < FirstIrWithConstants
        ? []
        : [.. model.Graph.Inputs.Select(i => i.Name).Where(model.Graph.Initializers.Contains)];

    public bool IsOverridable(string value) => _overridable.Contains(value);

    /// <summary>The tensor a value always has, from an initializer or a Constant node; null when it is not constant.</summary>
    public Initializer? Find(string? value)
    {
        if (value is null) return null;
        if (model.Graph.Initializers.TryGet(value, out var tensor)) return IsOverridable(value) ? null : tensor;
        return producer(value) is { } node && node.Is(Ops.Constant) ? ValueOf(node) : null;
    }

    /// <summary>A Constant node's tensor, named as its output; null for sparse and single-string constants.</summary>
    public static Initializer? ValueOf(Node constant)
    {
        var name = constant.Outputs[0];
        if (constant.Tensor("value") is { } tensor) return tensor.Clone(name);
        if (constant.Has("value_float")) return Initializer.Scalar(name, constant.Float("value_float", 0));
        if (constant.Has("value_int")) return Initializer.Scalar(name, constant.Int("value_int", 0));
        if (constant.Floats("value_floats") is { } floats) return Initializer.Create<float>(name, [.. floats], floats.Count);
        if (constant.Ints("value_ints") is { } ints) return Initializer.Create<long>(name, [.. ints], ints.Count);
        return constant.Strings("value_strings") is { } strings ? Initializer.OfStrings(name, strings) : null;
    }
}
