using System.Numerics;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The checks that models' options have in common. Each gives its complaint, or nothing.</summary>
internal static class OptionCheck
{
    public static IEnumerable<string> AtLeast<T>(string option, T value, T min) where T : INumber<T>
    {
        if (!(value >= min)) yield return $"{option} must be at least {min}, but is {value}";
    }

    /// <summary>A probability of dropping; 1 would drop everything.</summary>
    public static IEnumerable<string> Rate(string option, double value)
    {
        if (value is not (>= 0 and < 1)) yield return $"{option} must be in [0, 1), but is {value}";
    }

    /// <summary>A list whose every number counts something: units, channels, elements of a kernel.</summary>
    public static IEnumerable<string> Counts(string option, IReadOnlyList<int> values, bool mayBeEmpty = false)
    {
        if (values.Count == 0 && !mayBeEmpty) yield return $"{option} must have at least one number";
        if (values.Any(v => v < 1)) yield return $"{option} must be at least 1 each, but are [{string.Join(", ", values)}]";
    }
}
