using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>Says in words what a user's table was taken for.</summary>
internal static class SchemaNotes
{
    private const int Shown = 20;

    public static IReadOnlyList<string> Of(CsvProfile profile, TableSchema schema, CsvOptions options)
    {
        var notes = new List<string>
        {
            $"{Path.GetFileName(options.Path)}: {profile.Rows:N0} rows, fields separated by {CsvRecords.Name(profile.Delimiter)}; target '{options.Target}', {(profile.Task == TableTask.Regression ? "a number" : $"{profile.Classes.Count} classes")}",
        };
        foreach (var kind in schema.Columns.GroupBy(c => c.Column.Kind).OrderBy(g => g.Key))
        {
            var names = kind.Take(Shown).Select(Describe);
            notes.Add($"{Plural(kind.Key)}: {string.Join(", ", names)}{(kind.Count() > Shown ? $" and {kind.Count() - Shown} more" : "")}");
        }
        if (options.Ignore.Count > 0) notes.Add($"left out, as the recipe asks: {string.Join(", ", options.Ignore)}");
        if (profile.Skipped > 0) notes.Add($"rows left out, since their target is missing: {profile.Skipped:N0}");
        notes.AddRange(schema.Notes);
        return notes;
    }

    private static string Describe(SchemaColumn column)
    {
        string?[] about =
        [
            column.Column.Kind switch
            {
                ColumnKind.Category => $"{column.Column.Categories.Count:N0} words",
                ColumnKind.Date => column.Column.Format ?? "ISO 8601",
                _ => null,
            },
            column.Profile.Missing > 0 ? $"{column.Profile.Missing:N0} missing" : null,
        ];
        var text = string.Join("; ", about.OfType<string>());
        return text.Length == 0 ? column.Column.Name : $"{column.Column.Name} ({text})";
    }

    private static string Plural(ColumnKind kind) => kind switch
    {
        ColumnKind.Number => "numbers",
        ColumnKind.Boolean => "booleans",
        ColumnKind.Category => "categories",
        _ => "dates",
    };
}
