namespace OnnxPipeline.Models;

/// <summary>A value of a graph under construction: its name and what is known of its type. It stands for its name where one is asked for.</summary>
public readonly record struct GraphValue(string Name, TensorType Type)
{
    public ElementType Element => Type.Element;

    public TensorShape? Shape => Type.Shape;

    public static implicit operator string(GraphValue value) => value.Name;

    public override string ToString() => $"{Name}: {Type}";
}
