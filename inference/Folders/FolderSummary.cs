namespace OnnxPipeline.Inference.Folders;

/// <summary>Counts over the rows of a run.</summary>
public sealed class FolderSummary
{
    private readonly SortedDictionary<string, long> _labels = new(StringComparer.Ordinal);

    /// <summary>Images classified.</summary>
    public long Classified { get; private set; }

    /// <summary>Rows with an error.</summary>
    public long Failed { get; private set; }

    /// <summary>Images by their most probable class, in ordinal order of the labels.</summary>
    public IReadOnlyDictionary<string, long> Labels => _labels;

    public void Add(FolderRow row)
    {
        if (row.Label is not { } label)
        {
            Failed++;
            return;
        }
        Classified++;
        _labels[label] = _labels.GetValueOrDefault(label) + 1;
    }
}
