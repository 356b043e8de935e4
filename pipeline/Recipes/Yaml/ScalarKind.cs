using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace OnnxPipeline.Pipeline.Recipes.Yaml;

internal enum ScalarKind
{
    Null,
    Boolean,
    Integer,
    Number,
    String,
}

/// <summary>What a scalar is, by YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema): "no" and "on" are strings.</summary>
internal static partial class ScalarKinds
{
    public static ScalarKind Of(YamlScalar scalar) => !scalar.Plain ? ScalarKind.String : scalar.Text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarKind.Boolean,
        var text when Integer().IsMatch(text) => ScalarKind.Integer,
        var text when Number().IsMatch(text) => ScalarKind.Number,
        _ => ScalarKind.String,
    };

    /// <summary>The value of a scalar that is an <see cref="ScalarKind.Integer"/>, however large.</summary>
    public static BigInteger ReadInteger(string text) => text switch
    {
        ['0', 'x', .. var digits] => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        ['0', 'o', .. var digits] => digits.Aggregate(BigInteger.Zero, (value, digit) => (value * 8) + (digit - '0')),
        _ => BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
    };

    /// <summary>The value of a scalar that is an <see cref="ScalarKind.Integer"/> or a <see cref="ScalarKind.Number"/>.</summary>
    public static double ReadNumber(string text) => text.TrimStart('+', '-').ToUpperInvariant() switch
    {
        ".INF" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
        ".NAN" => double.NaN,
        _ when Integer().IsMatch(text) => (double)ReadInteger(text),
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z")]
    private static partial Regex Number();
}
