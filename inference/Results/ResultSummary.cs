namespace OnnxPipeline.Inference.Results;

/// <summary>Counts over the rows of a run.</summary>
public sealed class ResultSummary
{
    private readonly SortedDictionary<string, long> _labels = new(StringComparer.Ordinal);

    /// <summary>Rows with a class or a value.</summary>
    public long Done { get; private set; }

    /// <summary>Rows with an error.</summary>
    public long Failed { get; private set; }

    /// <summary>Rows by their class, in ordinal order of the labels.</summary>
    public IReadOnlyDictionary<string, long> Labels => _labels;

    public void Add(ResultRow row)
    {
        if (row.Error is not null)
        {
            Failed++;
            return;
        }
        Done++;
        if (row.Label is { } label) _labels[label] = _labels.GetValueOrDefault(label) + 1;
    }
}
