using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Inference.Tables;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Inference;

/// <summary>
/// Classifies rows of a table, or predicts a value from them, with an exported model, which says itself what its columns are:
/// <c>using var model = TablePredictor.Open("model.onnx"); var best = model.Predict(row).Top;</c>
/// Thread-safe; open it once and keep it.
/// </summary>
public sealed class TablePredictor : IDisposable
{
    private readonly DeployMetadata _metadata;
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly bool _ownsSession;

    /// <summary>A predictor over a session that stays the caller's.</summary>
    /// <exception cref="ModelException">The model's metadata describe no table, or not the model's inputs and outputs.</exception>
    public TablePredictor(ModelSession session) : this(session, ownsSession: false)
    {
    }

    private TablePredictor(ModelSession session, bool ownsSession)
    {
        Session = session;
        _ownsSession = ownsSession;
        _metadata = session.Metadata is { Columns.Count: > 0 } metadata ? metadata
            : throw new ModelException($"{session.Source}: cannot be used on rows of a table: its metadata describe no columns. Export it with this pipeline from a dataset of a table.");
        Layout = new RowLayout(_metadata.Columns, _metadata.TableFormat ?? TableFormat.Default, _metadata.Target);
        Numbers = [.. _metadata.Columns.SelectMany(c => c.Numbers)];
        Categories = [.. _metadata.Columns.Where(c => c.Kind == ColumnKind.Category).Select(c => c.Name)];
        _inputs = [.. Numbers, .. Categories];
        _outputs = [_metadata.Prediction ?? _metadata.Probabilities];
        var missing = _inputs.Except(session.Inputs.Select(i => i.Name)).Concat(_outputs.Except(session.Outputs.Select(o => o.Name))).ToArray();
        if (missing.Length > 0 || session.Inputs.Count != _inputs.Length)
            throw new ModelException($"{session.Source}: its metadata describe the inputs {string.Join(", ", _inputs)} and the output {_outputs[0]}, but the model has {string.Join(", ", session.Inputs.Select(i => i.Name))} and {string.Join(", ", session.Outputs.Select(o => o.Name))}.");
    }

    public ModelSession Session { get; }

    /// <summary>The table's columns, as rows have them.</summary>
    public IReadOnlyList<TableColumn> Columns => _metadata.Columns;

    /// <summary>Names of the numbers that the model is given, in order; a date gives several.</summary>
    public IReadOnlyList<string> Numbers { get; }

    /// <summary>Names of the categorical columns, in order.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>Class names, by class index; empty for a regression.</summary>
    public IReadOnlyList<string> Labels => _metadata.Labels;

    /// <summary>What a regression predicts; null for a classifier.</summary>
    public string? Target => _metadata.Prediction is null ? null : _metadata.Target ?? _metadata.Prediction;

    /// <summary>How rows are written as text.</summary>
    public TableFormat Format => Layout.Format;

    /// <summary>Values that the model gives for a row: one a class, or one.</summary>
    public int OutputWidth => Target is null ? Labels.Count : 1;

    internal RowLayout Layout { get; }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelException">The file is no model, or not one of a table.</exception>
    /// <exception cref="DeviceUnavailableException">The device's provider is not in this build, or the device is not there.</exception>
    public static TablePredictor Open(string path, SessionSettings? settings = null) => Own(ModelSession.Open(path, settings));

    /// <summary>As <see cref="Open(string, SessionSettings)"/>, from the model's bytes.</summary>
    /// <inheritdoc cref="Open(string, SessionSettings)" path="/exception"/>
    public static TablePredictor Open(byte[] model, SessionSettings? settings = null) => Own(ModelSession.Open(model, settings));

    /// <summary>Classifies a row: a word for every column, by its heading, read as in training. Null is a missing value; blanks around a word are dropped.</summary>
    /// <exception cref="RowException">A column is missing or unknown, or a word is not of its column's kind.</exception>
    /// <exception cref="InvalidOperationException">The model predicts a value.</exception>
    public Prediction Predict(IReadOnlyDictionary<string, string?> row) => Predict([row])[0];

    /// <summary>Classifies rows in one batch; one bad row fails the call.</summary>
    /// <exception cref="RowException">A column is missing or unknown, or a word is not of its column's kind; the message has the row, from 1.</exception>
    /// <exception cref="InvalidOperationException">The model predicts a value.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<IReadOnlyDictionary<string, string?>> rows)
    {
        if (Target is not null) throw new InvalidOperationException($"{Session.Source}: predicts the value '{Target}', not a class; call {nameof(PredictValue)}.");
        var probabilities = Run(WordRows.Read(Layout, rows));
        return [.. Enumerable.Range(0, rows.Count).Select(i => ToPrediction(probabilities.AsSpan(i * OutputWidth, OutputWidth)))];
    }

    /// <summary>Predicts the value of a row, in the target's unit; the row is as for <see cref="Predict(IReadOnlyDictionary{string, string?})"/>.</summary>
    /// <exception cref="RowException">A column is missing or unknown, or a word is not of its column's kind.</exception>
    /// <exception cref="InvalidOperationException">The model tells classes apart.</exception>
    public float PredictValue(IReadOnlyDictionary<string, string?> row) => PredictValue([row])[0];

    /// <summary>Predicts the values of rows in one batch; one bad row fails the call.</summary>
    /// <exception cref="RowException">A column is missing or unknown, or a word is not of its column's kind; the message has the row, from 1.</exception>
    /// <exception cref="InvalidOperationException">The model tells classes apart.</exception>
    public IReadOnlyList<float> PredictValue(IReadOnlyList<IReadOnlyDictionary<string, string?>> rows) => Target is not null ? Run(WordRows.Read(Layout, rows))
        : throw new InvalidOperationException($"{Session.Source}: tells classes apart ({string.Join(", ", Labels.Take(10))}{(Labels.Count > 10 ? " …" : "")}) and predicts no value; call {nameof(Predict)}.");

    /// <summary>Runs rows whose columns are told apart already.</summary>
    /// <param name="numbers">[rows, <see cref="Numbers"/>] in the columns' units; NaN where one is missing.</param>
    /// <param name="categories">[rows, <see cref="Categories"/>]; empty where one is missing.</param>
    /// <returns>[rows, <see cref="OutputWidth"/>]: the probability of every class, or the predicted value.</returns>
    /// <exception cref="ArgumentException">The two are not whole rows, or not the same number of them.</exception>
    public float[] Run(ReadOnlySpan<float> numbers, ReadOnlySpan<string> categories)
    {
        var rows = Numbers.Count > 0 ? numbers.Length / Numbers.Count : categories.Length / Categories.Count;
        if (numbers.Length != rows * Numbers.Count || categories.Length != rows * Categories.Count)
            throw new ArgumentException($"Rows have {Numbers.Count} numbers and {Categories.Count} categories; {numbers.Length} numbers and {categories.Length} categories were given.");
        if (rows == 0) return [];

        var values = new OrtValue[_inputs.Length];
        try
        {
            for (var column = 0; column < Numbers.Count; column++) values[column] = Column(numbers, column, rows);
            for (var column = 0; column < Categories.Count; column++) values[Numbers.Count + column] = Column(categories, column, rows);
            using var results = Session.Run(_inputs, values, _outputs);
            var output = results[0].GetTensorDataAsSpan<float>();
            return output.Length == rows * OutputWidth ? output.ToArray()
                : throw new ModelException($"{Session.Source}: output '{_outputs[0]}' gave {output.Length} values for {rows} rows; expected {OutputWidth} each.");
        }
        finally
        {
            foreach (var value in values) value?.Dispose();
        }
    }

    internal float[] Run(RowBatch rows) => Run(rows.Numbers, rows.Categories);

    /// <summary>What <see cref="Run(ReadOnlySpan{float}, ReadOnlySpan{string})"/> gave for one row of a classifier.</summary>
    public Prediction ToPrediction(ReadOnlySpan<float> probabilities) => new(Labels, probabilities.ToArray(), _metadata.Threshold);

    public void Dispose()
    {
        if (_ownsSession) Session.Dispose();
    }

    private OrtValue Column(ReadOnlySpan<float> numbers, int column, int rows)
    {
        var values = new float[rows];
        for (var row = 0; row < rows; row++) values[row] = numbers[row * Numbers.Count + column];
        return OrtValue.CreateTensorValueFromMemory(values, [rows, 1]);
    }

    private OrtValue Column(ReadOnlySpan<string> categories, int column, int rows)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [rows, 1]);
        for (var row = 0; row < rows; row++) value.StringTensorSetElementAt(categories[row * Categories.Count + column], row);
        return value;
    }

    private static TablePredictor Own(ModelSession session)
    {
        try
        {
            return new TablePredictor(session, ownsSession: true);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
