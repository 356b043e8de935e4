using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Recipes.Binding;

/// <summary>Turns a YAML scalar into a number, boolean, string or enum value, or says why it is none.</summary>
internal static class ScalarBinder
{
    public static string Expected(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Names.EnumValues(type))}"
        : type == typeof(string) ? "a string"
        : type == typeof(bool) ? "a boolean (true or false)"
        : type == typeof(double) ? "a number"
        : "an integer";

    public static bool TryBind(YamlScalar scalar, Type type, [NotNullWhen(true)] out object? value, [NotNullWhen(false)] out string? problem)
    {
        var kind = ScalarKinds.Of(scalar);
        problem = null;
        value = null;
        if (type.IsEnum) value = Enum.GetValues(type).Cast<object>().FirstOrDefault(v => Names.Enum(v) == scalar.Text);
        else if (type == typeof(string)) value = kind == ScalarKind.String ? scalar.Text : null;
        else if (type == typeof(bool)) value = kind == ScalarKind.Boolean ? scalar.Text[0] is 't' or 'T' : null;
        else if (type == typeof(double)) value = kind is ScalarKind.Integer or ScalarKind.Number ? ScalarKinds.ReadNumber(scalar.Text) : null;
        else if (kind == ScalarKind.Integer) return TryBindInteger(ScalarKinds.ReadInteger(scalar.Text), type, out value, out problem);

        if (value is not null) return true;
        problem = $"expected {Expected(type)}, found {scalar.Description}.{Advice(scalar, type, kind)}";
        return false;
    }

    private static bool TryBindInteger(BigInteger number, Type type, [NotNullWhen(true)] out object? value, [NotNullWhen(false)] out string? problem)
    {
        var (min, max) = Limits(type);
        value = number < min || number > max ? null
            : type == typeof(int) ? (int)number
            : type == typeof(long) ? (long)number
            : (ulong)number;
        problem = value is null ? $"expected an integer from {min} to {max}, found {number}." : null;
        return value is not null;
    }

    private static (BigInteger Min, BigInteger Max) Limits(Type type) =>
        type == typeof(int) ? (int.MinValue, int.MaxValue)
        : type == typeof(long) ? (long.MinValue, long.MaxValue)
        : type == typeof(ulong) ? (ulong.MinValue, ulong.MaxValue)
        : throw new NotSupportedException($"An option of type {type} cannot be read from a recipe; use int, long, ulong, double, bool, string, an enum, a record or a list.");

    private static string Advice(YamlScalar scalar, Type type, ScalarKind kind) =>
        type.IsEnum && Names.Nearest(scalar.Text, Names.EnumValues(type)) is { } near ? $" Did you mean '{near}'?"
        : type == typeof(string) && kind != ScalarKind.Null ? $" Quote it to make it a string: \"{scalar.Text}\"."
        : type != typeof(string) && !type.IsEnum && !scalar.Plain && TryBind(scalar with { Plain = true }, type, out _, out _) ? " Take the quotes off."
        : "";
}
