using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Inference.Tables;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Inference;

/// <summary>
/// Classifies rows of a table, or predicts a value from them, with an ONNX model; one that this pipeline exported says itself what its columns are:
/// <c>using var model = TablePredictor.Open("model.onnx"); var best = model.Predict(row).Top;</c>
/// Thread-safe; open it once and keep it.
/// </summary>
public sealed partial class TablePredictor : IDisposable
{
    private readonly TableSignature _signature;
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly bool _ownsSession;

    /// <summary>A predictor over a session that stays the caller's.</summary>
    /// <exception cref="ModelException">The model is none of a table, or leaves in doubt how it is used.</exception>
    public TablePredictor(ModelSession session, TablePredictorOptions? options = null) : this(session, options ?? new TablePredictorOptions(), ownsSession: false)
    {
    }

    private TablePredictor(ModelSession session, TablePredictorOptions options, bool ownsSession)
    {
        Session = session;
        _ownsSession = ownsSession;
        _signature = TableSignature.Resolve(session, options);
        Layout = new RowLayout(Columns, _signature.Format, session.Metadata?.Target);
        _inputs = _signature.Packed is { } packed ? [packed] : [.. Numbers, .. Categories];
        _outputs = [_signature.Output];
        WarmUp();
    }

    public ModelSession Session { get; }

    /// <summary>The table's columns, as rows have them.</summary>
    public IReadOnlyList<TableColumn> Columns => _signature.Columns;

    /// <summary>Names of the numbers that the model is given, in order; a date gives several.</summary>
    public IReadOnlyList<string> Numbers => _signature.Numbers;

    /// <summary>Names of the categorical columns, in order.</summary>
    public IReadOnlyList<string> Categories => _signature.Categories;

    /// <summary>Class names, by class index; empty for a regression.</summary>
    public IReadOnlyList<string> Labels => _signature.Labels;

    /// <summary>What a regression predicts; null for a classifier.</summary>
    public string? Target => _signature.Target;

    /// <summary>How rows are written as text.</summary>
    public TableFormat Format => _signature.Format;

    /// <summary>Values that the model gives for a row: one a class, or one.</summary>
    public int OutputWidth => Target is null ? Labels.Count : 1;

    internal RowLayout Layout { get; }

    /// <summary>The model's inputs that rows become.</summary>
    internal IReadOnlyList<string> Inputs => _inputs;

    /// <summary>The output with what is predicted.</summary>
    internal string Output => _outputs[0];

    /// <summary>Loads a model and runs it once, so that the first real row is not slower than the next.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelException">The file is no model, or not one of a table, or leaves in doubt how it is used.</exception>
    /// <exception cref="DeviceUnavailableException">The device's provider is not in this build, or the device is not there.</exception>
    public static TablePredictor Open(string path, TablePredictorOptions? options = null) => Own(options ?? new TablePredictorOptions(), settings => ModelSession.Open(path, settings));

    /// <summary>As <see cref="Open(string, TablePredictorOptions)"/>, from the model's bytes.</summary>
    /// <inheritdoc cref="Open(string, TablePredictorOptions)" path="/exception"/>
    public static TablePredictor Open(byte[] model, TablePredictorOptions? options = null) => Own(options ?? new TablePredictorOptions(), settings => ModelSession.Open(model, settings));

    /// <summary>As <see cref="Open(string, TablePredictorOptions)"/>, and follows the file: see <see cref="WatchedModel{T}"/>.</summary>
    /// <inheritdoc cref="Open(string, TablePredictorOptions)" path="/exception"/>
    public static WatchedModel<TablePredictor> Watch(string path, TablePredictorOptions? options = null, WatchOptions? watch = null) => new(path, file => Open(file, options), watch ?? new WatchOptions());

    /// <summary>Runs rows whose columns are told apart already.</summary>
    /// <param name="numbers">[rows, <see cref="Numbers"/>] in the columns' units; NaN where one is missing.</param>
    /// <param name="categories">[rows, <see cref="Categories"/>]; empty where one is missing.</param>
    /// <param name="cancellation">Ends the run before its next node.</param>
    /// <returns>[rows, <see cref="OutputWidth"/>]: the probability of every class, or the predicted value.</returns>
    /// <exception cref="ArgumentException">The two are not whole rows, or not the same number of them.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public float[] Run(ReadOnlySpan<float> numbers, ReadOnlySpan<string> categories, CancellationToken cancellation = default)
    {
        var rows = Numbers.Count > 0 ? numbers.Length / Numbers.Count : categories.Length / Categories.Count;
        if (numbers.Length != rows * Numbers.Count || categories.Length != rows * Categories.Count)
            throw new ArgumentException($"Rows have {Numbers.Count} numbers and {Categories.Count} categories; {numbers.Length} numbers and {categories.Length} categories were given.");
        if (rows == 0) return [];

        var values = ToTensors(numbers, categories, rows);
        try
        {
            using var results = Session.Run(_inputs, values, _outputs, Adapter, cancellation);
            var output = results[0].GetTensorDataAsSpan<float>();
            return output.Length == rows * OutputWidth ? output.ToArray()
                : throw new ModelException($"{Session.Source}: output '{_outputs[0]}' gave {output.Length} values for {rows} rows; expected {OutputWidth} each.");
        }
        finally
        {
            foreach (var value in values) value.Dispose();
        }
    }

    /// <summary>Rows as the tensors of <see cref="Inputs"/>, in that order; they are the caller's.</summary>
    internal OrtValue[] ToTensors(ReadOnlySpan<float> numbers, ReadOnlySpan<string> categories, int rows)
    {
        var values = new OrtValue[_inputs.Length];
        try
        {
            if (_signature.Packed is not null) values[0] = OrtValue.CreateTensorValueFromMemory(numbers.ToArray(), [rows, Numbers.Count]);
            else for (var column = 0; column < Numbers.Count; column++) values[column] = Column(numbers, column, rows);
            for (var column = 0; column < Categories.Count; column++) values[^(Categories.Count - column)] = Column(categories, column, rows);
            return values;
        }
        catch
        {
            foreach (var value in values) value?.Dispose();
            throw;
        }
    }

    internal float[] Run(RowBatch rows, CancellationToken cancellation = default) => Run(rows.Numbers, rows.Categories, cancellation);

    /// <summary>What <see cref="Run(ReadOnlySpan{float}, ReadOnlySpan{string}, CancellationToken)"/> gave for one row of a classifier.</summary>
    public Prediction ToPrediction(ReadOnlySpan<float> probabilities) => new(Labels, probabilities.ToArray(), _signature.Threshold);

    public void Dispose()
    {
        if (_ownsSession) Session.Dispose();
    }

    /// <summary>A row of zeros, and of each category's first word: a model from elsewhere may refuse a word that it does not know.</summary>
    private void WarmUp()
    {
        var categories = Columns.Where(c => c.Kind == ColumnKind.Category).ToArray();
        if (categories.All(c => c.Categories.Count > 0)) Run(new float[Numbers.Count], categories.Select(c => c.Categories[0]).ToArray());
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

    private static TablePredictor Own(TablePredictorOptions options, Func<SessionSettings, ModelSession> open)
    {
        var session = options.Open(open);
        try
        {
            var predictor = new TablePredictor(session, options, ownsSession: true);
            foreach (var name in session.Adapters) predictor.WithAdapter(name);
            return predictor;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
