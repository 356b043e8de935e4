using System.Globalization;
using OnnxPipeline.Inference.Folders;

namespace OnnxPipeline.Inference.Results;

/// <summary>
/// The columns of the rows that are written, by name: "path" (or "row"), "label" and "probability", "label2" and "probability2" and so
/// on for the next best, "probability.NAME" for a class whatever its rank, "probabilities" (JSON only), "value" of a regression,
/// "error"; of images also "moved", where a file was moved to, and "input.NAME", a column of the table that named it.
/// </summary>
public sealed class ResultColumns
{
    private const string Label = "label", Probability = "probability", Input = "input.", OfClass = "probability.", Moved = "moved", Error = "error", Value = "value", All = "probabilities";

    private readonly int _depth;

    private ResultColumns(ResultShape shape, RowFormat format, IReadOnlyList<string> names, int top)
    {
        var columns = new List<ResultColumn>();
        foreach (var name in names)
        {
            if (columns.Any(c => c.Name == name)) throw new ArgumentException($"The column '{name}' is there twice.");
            columns.Add(Find(name, shape, format, top) ?? throw new ArgumentException($"There is no column '{name}'. Valid: {Valid(shape, format)}."));
        }
        if (columns.Count == 0) throw new ArgumentException($"There are no columns. Valid: {Valid(shape, format)}.");
        Columns = columns;
        Carried = [.. names.Where(n => n.StartsWith(Input, StringComparison.Ordinal)).Select(n => n[Input.Length..])];
        _depth = names.Max(name => Rank(name, Label, shape) ?? Rank(name, Probability, shape) ?? 0);
    }

    /// <summary>The columns' names, in order.</summary>
    public IReadOnlyList<string> Names => [.. Columns.Select(c => c.Name)];

    /// <summary>Headings of an input table that are shown.</summary>
    public IReadOnlyList<string> Carried { get; }

    internal IReadOnlyList<ResultColumn> Columns { get; }

    /// <summary>The key, the answer and the next best classes, or the value, and the error.</summary>
    /// <param name="shape">What the rows have.</param>
    /// <param name="format">How they are written.</param>
    /// <param name="top">Classes a row, the answer first.</param>
    public static ResultColumns Default(ResultShape shape, RowFormat format, int top)
    {
        var classes = Enumerable.Range(2, Math.Max(0, Math.Min(top, shape.Labels.Count) - 1)).SelectMany(i => new[] { $"{Label}{i}", $"{Probability}{i}" });
        string[] answer = !shape.HasClasses ? [Value] : format == RowFormat.JsonLines ? [Label, Probability, All] : [Label, Probability, .. classes];
        return new ResultColumns(shape, format, [shape.Key, .. answer, Error], top);
    }

    /// <summary>The columns of those names.</summary>
    /// <param name="names">See <see cref="ResultColumns"/>.</param>
    /// <param name="shape">What the rows have.</param>
    /// <param name="format">How they are written.</param>
    /// <param name="top">Classes that "probabilities" has.</param>
    /// <exception cref="ArgumentException">There is no such column; the message lists the valid ones.</exception>
    public static ResultColumns Of(IReadOnlyList<string> names, ResultShape shape, RowFormat format, int top) => new(shape, format, names, top);

    internal RankedRow Rank(ResultRow row) =>
        new(row, row.Prediction is not { } prediction || _depth == 0 ? [] : _depth == 1 ? [prediction.Top] : prediction.Ranked(_depth));

    private static ResultColumn? Find(string name, ResultShape shape, RowFormat format, int top)
    {
        if (name == shape.Key) return new ResultColumn(name, row => row.Row.Key, (row, json) => row.Row.WriteKey(json));
        if (name == Error) return new ResultColumn(name, row => row.Row.Error);
        if (shape.Key == ResultShape.Path)
        {
            if (name == Moved) return new ResultColumn(name, row => (row.Row as FolderRow)?.MovedTo);
            if (name.StartsWith(Input, StringComparison.Ordinal) && name.Length > Input.Length) return new ResultColumn(name, row => (row.Row as FolderRow)?.Fields?.GetValueOrDefault(name[Input.Length..]));
        }
        return shape.HasClasses ? OfClasses(name, shape, format, top) : name == Value ? OfValue() : null;
    }

    private static ResultColumn? OfClasses(string name, ResultShape shape, RowFormat format, int top)
    {
        if (Rank(name, Label, shape) is { } place) return new ResultColumn(name, row => row.At(place)?.Label);
        if (Rank(name, Probability, shape) is { } rank) return OfProbability(name, row => row.At(rank)?.Probability);
        if (name.StartsWith(OfClass, StringComparison.Ordinal) && shape.Labels.Index().Where(l => l.Item == name[OfClass.Length..]).Select(l => (int?)l.Index).FirstOrDefault() is { } index)
            return OfProbability(name, row => row.Row.Prediction?.Probabilities[index]);
        if (name != All || format != RowFormat.JsonLines) return null;
        return new ResultColumn(name, _ => null, (row, json) =>
        {
            if (row.Row.Prediction is not { } prediction) return;
            json.WriteStartObject(name);
            foreach (var best in prediction.Best(top)) json.WriteNumber(best.Label, best.Probability);
            json.WriteEndObject();
        });
    }

    private static ResultColumn OfProbability(string name, Func<RankedRow, float?> probability) => new(name,
        row => probability(row) is { } p ? RowWriter.Format(p) : null,
        (row, json) =>
        {
            if (probability(row) is { } p) json.WriteNumber(name, p);
        });

    private static ResultColumn OfValue() => new(Value,
        row => row.Row.Value is { } value ? RowWriter.FormatValue(value) : null,
        (row, json) =>
        {
            if (row.Row.Value is not { } value) return;
            if (float.IsFinite(value)) json.WriteNumber(Value, value);
            else json.WriteNull(Value);
        });

    /// <summary>The rank that "label", "label2" and so on name; null where it is none of these.</summary>
    private static int? Rank(string name, string word, ResultShape shape)
    {
        if (!name.StartsWith(word, StringComparison.Ordinal)) return null;
        var number = name[word.Length..];
        if (number.Length == 0) return 1;
        return number[0] != '0' && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var rank) && rank >= 2 && rank <= shape.Labels.Count ? rank : null;
    }

    private static string Valid(ResultShape shape, RowFormat format)
    {
        string[] answer = !shape.HasClasses ? [Value]
            : [Label, Probability, .. shape.Labels.Count > 1 ? [$"{Label}2", $"{Probability}2 (to {shape.Labels.Count})"] : Array.Empty<string>(), .. format == RowFormat.JsonLines ? [All] : Array.Empty<string>(), .. shape.Labels.Take(20).Select(l => OfClass + l)];
        return string.Join(", ", [shape.Key, .. answer, Error, .. shape.Key == ResultShape.Path ? [Moved, $"{Input}NAME (a column of the table that names the paths)"] : Array.Empty<string>()]);
    }
}
