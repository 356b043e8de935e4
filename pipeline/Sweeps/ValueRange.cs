using System.Globalization;
using System.Text.RegularExpressions;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>
/// Numbers to draw from, "0..0.5" or "1e-4..1e-1:log": uniform, or uniform in the logarithm. Between two integers, both
/// included, integers are drawn; other numbers are rounded to four significant digits, so that they can be read and typed again.
/// </summary>
internal sealed partial record ValueRange
{
    private readonly double _min;
    private readonly double _max;
    private readonly bool _integers;
    private readonly bool _logarithmic;

    private ValueRange(double min, double max, bool integers, bool logarithmic) => (_min, _max, _integers, _logarithmic) = (min, max, integers, logarithmic);

    /// <summary>Reads a range; null, without a problem, where the text has another form.</summary>
    public static ValueRange? Read(string text, out string? problem)
    {
        problem = null;
        if (Form().Match(text) is not { Success: true } match) return null;
        var (from, to, logarithmic) = (match.Groups["min"].Value, match.Groups["max"].Value, match.Groups["log"].Success);
        var (min, max) = (ScalarKinds.ReadNumber(from), ScalarKinds.ReadNumber(to));
        problem = !double.IsFinite(min) || !double.IsFinite(max) ? $"the range {text} goes beyond what a number can be."
            : min >= max ? $"the range {text} ends at or before its beginning; write the smaller number first."
            : logarithmic && min <= 0 ? $"the range {text} is logarithmic and must begin above 0."
            : null;
        return problem is null ? new ValueRange(min, max, IsInteger(from) && IsInteger(to), logarithmic) : null;
    }

    /// <summary>The number, as a recipe writes it, that a share in [0, 1) of the range stands for.</summary>
    public string At(double share)
    {
        var end = _integers ? _max + 1 : _max;
        var value = _logarithmic ? _min * Math.Pow(end / _min, share) : _min + (share * (end - _min));
        if (_integers) return Math.Clamp(Math.Floor(value), _min, _max).ToString("F0", CultureInfo.InvariantCulture);
        var rounded = double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Math.Clamp(rounded, _min, _max).ToString("R", CultureInfo.InvariantCulture);
    }

    private static bool IsInteger(string text) => ScalarKinds.Of(new YamlScalar("", text, Plain: true)) == ScalarKind.Integer;

    [GeneratedRegex(@"^(?<min>[-+]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?)\.\.(?<max>[-+]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?)(?<log>:log)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
