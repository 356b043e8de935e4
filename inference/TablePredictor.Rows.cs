using System.Diagnostics.CodeAnalysis;
using OnnxPipeline.Inference.Tables;

namespace OnnxPipeline.Inference;

/// <summary>The forms in which rows are given: dictionaries, words, numbers, and objects by <see cref="For{T}"/>.</summary>
public sealed partial class TablePredictor
{
    /// <summary>Classifies a row: a word for every column, by its heading, read as in training. Null is a missing value; blanks around a word are dropped.</summary>
    /// <exception cref="RowException">A column is missing or unknown, or a word is not of its column's kind.</exception>
    /// <exception cref="InvalidOperationException">The model predicts a value.</exception>
    public Prediction Predict(IReadOnlyDictionary<string, string?> row) => Predict([row])[0];

    /// <summary>Classifies rows in one batch; one bad row fails the call.</summary>
    /// <exception cref="RowException">A column is missing or unknown, or a word is not of its column's kind; the message has the row, from 1.</exception>
    /// <exception cref="InvalidOperationException">The model predicts a value.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<IReadOnlyDictionary<string, string?>> rows) => Classify(WordRows.Read(Layout, rows));

    /// <summary>Classifies a row: a word for every column, in the order of <see cref="Columns"/>, read as in training. Null is a missing value.</summary>
    /// <exception cref="RowException">There are not as many words as columns, or a word is not of its column's kind.</exception>
    /// <exception cref="InvalidOperationException">The model predicts a value.</exception>
    public Prediction Predict(ReadOnlySpan<string?> words) => Classify(WordRows.Read(Layout, words))[0];

    /// <summary>Classifies a row by what the model is given for it: <see cref="Numbers"/>, NaN where one is missing, and <see cref="Categories"/>, empty where one is missing.</summary>
    /// <exception cref="ArgumentException">It is not one row.</exception>
    /// <exception cref="InvalidOperationException">The model predicts a value.</exception>
    public Prediction Predict(ReadOnlySpan<float> numbers, ReadOnlySpan<string> categories = default)
    {
        ExpectClasses();
        return ToPrediction(RunOne(numbers, categories));
    }

    /// <summary>Predicts the value of a row, in the target's unit; the row is as for <see cref="Predict(IReadOnlyDictionary{string, string?})"/>.</summary>
    /// <exception cref="RowException">A column is missing or unknown, or a word is not of its column's kind.</exception>
    /// <exception cref="InvalidOperationException">The model tells classes apart.</exception>
    public float PredictValue(IReadOnlyDictionary<string, string?> row) => PredictValue([row])[0];

    /// <summary>Predicts the values of rows in one batch; one bad row fails the call.</summary>
    /// <exception cref="RowException">A column is missing or unknown, or a word is not of its column's kind; the message has the row, from 1.</exception>
    /// <exception cref="InvalidOperationException">The model tells classes apart.</exception>
    public IReadOnlyList<float> PredictValue(IReadOnlyList<IReadOnlyDictionary<string, string?>> rows) => Estimate(WordRows.Read(Layout, rows));

    /// <summary>Predicts the value of a row; the words are as for <see cref="Predict(ReadOnlySpan{string?})"/>.</summary>
    /// <exception cref="RowException">There are not as many words as columns, or a word is not of its column's kind.</exception>
    /// <exception cref="InvalidOperationException">The model tells classes apart.</exception>
    public float PredictValue(ReadOnlySpan<string?> words) => Estimate(WordRows.Read(Layout, words))[0];

    /// <summary>Predicts the value of a row; the row is as for <see cref="Predict(ReadOnlySpan{float}, ReadOnlySpan{string})"/>.</summary>
    /// <exception cref="ArgumentException">It is not one row.</exception>
    /// <exception cref="InvalidOperationException">The model tells classes apart.</exception>
    public float PredictValue(ReadOnlySpan<float> numbers, ReadOnlySpan<string> categories = default)
    {
        ExpectValue();
        return RunOne(numbers, categories)[0];
    }

    /// <summary>As <see cref="Predict(IReadOnlyList{IReadOnlyDictionary{string, string?}})"/>, on a thread of the pool. Cancelling ends the run before its next node.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<IReadOnlyList<Prediction>> PredictAsync(IReadOnlyList<IReadOnlyDictionary<string, string?>> rows, CancellationToken cancellation = default) =>
        Task.Run(() => Classify(WordRows.Read(Layout, rows), cancellation), cancellation);

    /// <summary>As <see cref="PredictValue(IReadOnlyList{IReadOnlyDictionary{string, string?}})"/>, on a thread of the pool. Cancelling ends the run before its next node.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<IReadOnlyList<float>> PredictValueAsync(IReadOnlyList<IReadOnlyDictionary<string, string?>> rows, CancellationToken cancellation = default) =>
        Task.Run(() => Estimate(WordRows.Read(Layout, rows), cancellation), cancellation);

    /// <summary>Takes objects as rows: <c>var customers = model.For&lt;Customer&gt;(); var best = customers.Predict(customer).Top;</c></summary>
    /// <inheritdoc cref="RowPredictor{T}" path="/remarks"/>
    /// <exception cref="RowException">A column has no property, or one whose type cannot hold its values.</exception>
    public RowPredictor<T> For<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>() where T : notnull =>
        new(this, new ObjectRows<T>(Layout, RowProperties.Match(typeof(T), Layout)));

    internal IReadOnlyList<Prediction> Classify(RowBatch rows, CancellationToken cancellation = default)
    {
        ExpectClasses();
        var probabilities = Run(rows, cancellation);
        return [.. Enumerable.Range(0, rows.Count).Select(i => ToPrediction(probabilities.AsSpan(i * OutputWidth, OutputWidth)))];
    }

    internal IReadOnlyList<float> Estimate(RowBatch rows, CancellationToken cancellation = default)
    {
        ExpectValue();
        return Run(rows, cancellation);
    }

    private float[] RunOne(ReadOnlySpan<float> numbers, ReadOnlySpan<string> categories)
    {
        if (numbers.Length != Numbers.Count || categories.Length != Categories.Count)
            throw new ArgumentException($"A row has {Numbers.Count} numbers and {Categories.Count} categories; {numbers.Length} and {categories.Length} were given.");
        return Run(numbers, categories);
    }

    private void ExpectClasses()
    {
        if (Target is not null) throw new InvalidOperationException($"{Session.Source}: predicts the value '{Target}', not a class; call {nameof(PredictValue)}.");
    }

    private void ExpectValue()
    {
        if (Target is null) throw new InvalidOperationException($"{Session.Source}: tells classes apart ({string.Join(", ", Labels.Take(10))}{(Labels.Count > 10 ? " …" : "")}) and predicts no value; call {nameof(Predict)}.");
    }
}
