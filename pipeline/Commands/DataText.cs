using System.Globalization;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>Shows people what a dataset holds.</summary>
internal static class DataText
{
    public static void Write(TableSummary table, TextWriter output)
    {
        foreach (var note in table.Notes) output.WriteLine(note);
        output.WriteLine($"parts: {Number(table.Parts[0])} training, {Number(table.Parts[1])} validation, {Number(table.Parts[2])} test rows");
        output.WriteLine();
        var columns = new TextTable("COLUMN", "KIND", "MISSING", "MIN", "MAX", "CATEGORIES");
        foreach (var column in table.Columns) columns.Add(column.Column.Name, Kind(column.Column), Number(column.Missing), column.Min ?? "-", column.Max ?? "-", Categories(column.Column));
        output.Write(columns);
        if (table.Classes.Count == 0) return;
        output.WriteLine();
        var classes = new TextTable("CLASS", "ROWS") { NumbersFrom = 1 };
        foreach (var found in table.Classes) classes.Add(found.Word, Number(found.Count));
        output.Write(classes);
    }

    public static void Write(DatasetDescription dataset, TextWriter output)
    {
        output.WriteLine($"{dataset.Name}: {dataset.Source}");
        foreach (var note in dataset.Notes) output.WriteLine(note);
        output.WriteLine($"features: {string.Join(", ", dataset.Features)}");
        if (dataset.Columns.Count > 0)
        {
            output.WriteLine();
            var columns = new TextTable("COLUMN", "KIND", "CATEGORIES");
            foreach (var column in dataset.Columns) columns.Add(column.Name, Kind(column), Categories(column));
            output.Write(columns);
        }
        output.WriteLine();
        var table = new TextTable(dataset.Target is { } target ? target.Name : "CLASS", "TRAIN", "VALIDATION", "TEST") { NumbersFrom = 1 };
        foreach (var line in dataset.Classes) table.Add([line.Name, .. line.Samples.Select(count => Number(count))]);
        table.Add(["total", .. dataset.Samples.Select(count => Number(count))]);
        output.Write(table);
    }

    private static string Kind(TableColumn column) => column.Kind switch
    {
        ColumnKind.Date => $"date {column.Format ?? "ISO 8601"}: {string.Join(", ", column.Parts).ToLowerInvariant()}",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static string Categories(TableColumn column)
    {
        const int Shown = 6;
        if (column.Kind != ColumnKind.Category) return "-";
        var words = string.Join(", ", column.Categories.Take(Shown));
        return column.Categories.Count > Shown ? $"{words}, … ({Number(column.Categories.Count)})" : words;
    }

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
