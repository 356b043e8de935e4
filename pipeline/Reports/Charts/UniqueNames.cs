using System.Globalization;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>Names for an axis: a chart would lay equal ones on one another.</summary>
internal static class UniqueNames
{
    private const int Longest = 40;

    /// <summary>The names, long ones cut, and each that has come before with its place behind it.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. names.Select((name, index) =>
        {
            var cut = name.Length > Longest ? name[..(Longest - 1)] + "…" : name;
            return seen.Add(cut) ? cut : $"{cut} ({index.ToString(CultureInfo.InvariantCulture)})";
        })];
    }
}
