namespace OnnxPipeline.Models;

/// <summary>The value of a node's attribute, converted from what C# has: long, float, string, sequences of these, or a tensor.</summary>
public readonly struct AttributeValue
{
    private readonly object? _value;

    private AttributeValue(object value) => _value = value;

    public static implicit operator AttributeValue(long value) => new(value);

    public static implicit operator AttributeValue(float value) => new(value);

    public static implicit operator AttributeValue(string value) => new(value);

    public static implicit operator AttributeValue(long[] values) => new(values);

    public static implicit operator AttributeValue(float[] values) => new(values);

    public static implicit operator AttributeValue(string[] values) => new(values);

    public static implicit operator AttributeValue(Initializer tensor) => new(tensor);

    internal void SetOn(Node node, string name) => _ = _value switch
    {
        long value => node.Set(name, value),
        float value => node.Set(name, value),
        string value => node.Set(name, value),
        long[] values => node.Set(name, values),
        float[] values => node.Set(name, values),
        string[] values => node.Set(name, values),
        Initializer tensor => node.Set(name, tensor),
        _ => throw new ArgumentException($"Attribute '{name}' has no value."),
    };
}
