using System.Runtime.InteropServices;
using System.Text;
using OnnxPipeline.Datasets.Artifacts;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>Turns a row of a user's table into what a model is given: its numbers, NaN where one is missing, and its categories' codes, 0 for an unknown or missing one.</summary>
internal sealed class RowEncoder
{
    private readonly IReadOnlyList<SchemaColumn> _columns;
    private readonly Vocabulary?[] _codes;
    private readonly CellReader _cells;
    private readonly float[] _numeric;
    private readonly long[] _categorical;

    public RowEncoder(TableSchema schema, CellReader cells)
    {
        _cells = cells;
        _columns = schema.Columns;
        _codes = [.. _columns.Select(CodesOf)];
        _numeric = new float[_columns.Sum(c => c.Column.Numbers.Count())];
        _categorical = new long[_columns.Count(c => c.Column.Kind == ColumnKind.Category)];
        Features =
        [
            .. _numeric.Length > 0 ? [new FeatureShape(TableFeatures.Numeric, DataKind.Float, [_numeric.Length])] : Array.Empty<FeatureShape>(),
            .. _categorical.Length > 0 ? [new FeatureShape(TableFeatures.Categorical, DataKind.Int64, [_categorical.Length])] : Array.Empty<FeatureShape>(),
        ];
    }

    /// <summary>What a row becomes.</summary>
    public IReadOnlyList<FeatureShape> Features { get; }

    /// <summary>The numbers of the row that was encoded last.</summary>
    public ReadOnlySpan<float> Numeric => _numeric;

    /// <exception cref="DatasetFormatException">A field is not of its column's kind.</exception>
    public void Encode(CsvRecords row)
    {
        var (number, category) = (0, 0);
        for (var i = 0; i < _columns.Count; i++)
        {
            var field = row[_columns[i].Profile.Column];
            if (_codes[i] is { } codes)
            {
                _categorical[category++] = _cells.IsMissing(field) ? 0 : codes.Find(field) + 1;
                continue;
            }
            var column = _columns[i].Column;
            var numbers = column.Kind == ColumnKind.Date ? column.Parts.Count : 1;
            if (!_cells.TryNumbers(column, field, _numeric.AsSpan(number, numbers)))
                throw row.Error(_columns[i].Profile.Column, $"'{row.Shown(_columns[i].Profile.Column)}' is no {column.Kind.ToString().ToLowerInvariant()}. Has the file changed while it was read?");
            number += numbers;
        }
    }

    /// <summary>Appends the features of the row that was encoded last.</summary>
    public void WriteTo(SplitWriter writer)
    {
        var feature = 0;
        if (_numeric.Length > 0) writer.WriteFeature(feature++, MemoryMarshal.AsBytes(_numeric.AsSpan()));
        if (_categorical.Length > 0) writer.WriteFeature(feature, MemoryMarshal.AsBytes(_categorical.AsSpan()));
    }

    private static Vocabulary? CodesOf(SchemaColumn column)
    {
        if (column.Column.Kind != ColumnKind.Category) return null;
        var codes = new Vocabulary(column.Column.Categories.Count);
        foreach (var word in column.Column.Categories) codes.Add(Encoding.UTF8.GetBytes(word));
        return codes;
    }
}
