using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Inference.Tables;

/// <summary>Where a model's columns are in rows, and how their fields are read: as in training.</summary>
internal sealed class RowLayout
{
    /// <summary>What of the valid names an error lists.</summary>
    private const int Listed = 50;

    private readonly HashSet<string> _known;

    public RowLayout(IReadOnlyList<TableColumn> columns, TableFormat format, string? target)
    {
        Columns = columns;
        Format = format;
        Cells = new CellReader(format);
        Numbers = [.. columns.Select(c => c.Numbers.Count())];
        _known = [.. columns.Select(c => c.Name), .. format.Unused, .. target is null ? Array.Empty<string>() : [target]];
    }

    public IReadOnlyList<TableColumn> Columns { get; }

    public TableFormat Format { get; }

    public CellReader Cells { get; }

    /// <summary>How many numbers each column gives; 0 for a category.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>What is wrong with the columns that rows have: some are missing, or not the model's. Null for nothing.</summary>
    public string? Misfit(IReadOnlyCollection<string> names)
    {
        string[] unknown = [.. names.Where(name => !_known.Contains(name))];
        string[] missing = [.. Columns.Select(c => c.Name).Except(names)];
        if (unknown.Length + missing.Length == 0) return null;
        var faults = new List<string>();
        if (missing.Length > 0) faults.Add($"the column{(missing.Length > 1 ? "s" : "")} {List(missing)} {(missing.Length > 1 ? "are" : "is")} missing");
        foreach (var name in unknown.Take(Listed)) faults.Add($"there is no column '{name}'{(NearestName.Of(name, missing) is { } near ? $" (did you mean '{near}'?)" : "")}");
        return $"{string.Join("; ", faults)}. Expected the columns {List([.. Columns.Select(c => c.Name)])}{(Format.Unused.Count > 0 ? $"; beside them, {List(Format.Unused)} may be there and {(Format.Unused.Count > 1 ? "are" : "is")} not used" : "")}.";
    }

    private static string List(IReadOnlyCollection<string> names) =>
        $"{string.Join(", ", names.Take(Listed).Select(n => $"'{n}'"))}{(names.Count > Listed ? $" and {names.Count - Listed} more" : "")}";
}
