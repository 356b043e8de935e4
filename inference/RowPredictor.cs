using OnnxPipeline.Inference.Tables;

namespace OnnxPipeline.Inference;

/// <summary>Objects as rows of a table; made by <see cref="TablePredictor.For{T}"/>, and used as long as that predictor is. Thread-safe.</summary>
/// <remarks>
/// A column takes its value from the public property of its name, whatever the case, or of its name by [Column("name")]; a null is a missing value. A number may be
/// any numeric type, a boolean a bool, a date a DateTime, DateTimeOffset or DateOnly, a category a string, a char, an enum or an integer; each may be nullable, or a
/// string that is read as in training. Other properties are left aside. Works trimmed and as native AOT.
/// </remarks>
public sealed class RowPredictor<T> where T : notnull
{
    private readonly TablePredictor _model;
    private readonly ObjectRows<T> _rows;

    internal RowPredictor(TablePredictor model, ObjectRows<T> rows) => (_model, _rows) = (model, rows);

    /// <summary>Classifies a row.</summary>
    /// <exception cref="RowException">A value is not of its column's kind.</exception>
    /// <exception cref="InvalidOperationException">The model predicts a value.</exception>
    public Prediction Predict(T row) => _model.Classify(_rows.Read([row]))[0];

    /// <summary>Classifies rows in one batch; one bad row fails the call.</summary>
    /// <inheritdoc cref="Predict(T)" path="/exception"/>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<T> rows) => _model.Classify(_rows.Read(rows));

    /// <summary>Predicts the value of a row, in the target's unit.</summary>
    /// <exception cref="RowException">A value is not of its column's kind.</exception>
    /// <exception cref="InvalidOperationException">The model tells classes apart.</exception>
    public float PredictValue(T row) => _model.Estimate(_rows.Read([row]))[0];

    /// <summary>Predicts the values of rows in one batch; one bad row fails the call.</summary>
    /// <inheritdoc cref="PredictValue(T)" path="/exception"/>
    public IReadOnlyList<float> PredictValue(IReadOnlyList<T> rows) => _model.Estimate(_rows.Read(rows));

    /// <summary>As <see cref="Predict(IReadOnlyList{T})"/>, on a thread of the pool. Cancelling ends the run before its next node.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<IReadOnlyList<Prediction>> PredictAsync(IReadOnlyList<T> rows, CancellationToken cancellation = default) => Task.Run(() => _model.Classify(_rows.Read(rows), cancellation), cancellation);

    /// <summary>As <see cref="PredictValue(IReadOnlyList{T})"/>, on a thread of the pool. Cancelling ends the run before its next node.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<IReadOnlyList<float>> PredictValueAsync(IReadOnlyList<T> rows, CancellationToken cancellation = default) => Task.Run(() => _model.Estimate(_rows.Read(rows), cancellation), cancellation);
}
