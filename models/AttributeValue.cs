using System.Runtime.CompilerServices;

namespace OnnxPipeline.Models;

/// <summary>
/// The value of a node's attribute, converted from what C# has: long, float, string, arrays of these, or a tensor. A
/// collection expression of whole numbers is one too: ("strides", [2, 2]).
/// </summary>
[CollectionBuilder(typeof(AttributeValue), nameof(Integers))]
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

    public static AttributeValue Integers(ReadOnlySpan<long> values) => new(values.ToArray());

    /// <summary>The whole numbers, where the value is a sequence of them; collection expressions ask for this.</summary>
    public IEnumerator<long> GetEnumerator() => (_value as IEnumerable<long> ?? []).GetEnumerator();

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
