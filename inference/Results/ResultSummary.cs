namespace OnnxPipeline.Inference.Results;

/// <summary>Counts over the rows of a run.</summary>
/// <param name="low">How many of the least certain rows to keep.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class ResultSummary(int low = 0, TimeProvider? time = null)
{
    private readonly SortedDictionary<string, long> _labels = new(StringComparer.Ordinal);
    private readonly PriorityQueue<UncertainRow, (float, long)> _uncertain = new(Comparer<(float, long)>.Create((a, b) => b.CompareTo(a)));
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly long _started = (time ?? TimeProvider.System).GetTimestamp();

    /// <summary>Rows with a class or a value.</summary>
    public long Done { get; private set; }

    /// <summary>Rows with an error.</summary>
    public long Failed { get; private set; }

    /// <summary>Rows that an earlier run had written, of <see cref="Done"/> and <see cref="Failed"/>.</summary>
    public long Resumed { get; private set; }

    /// <summary>Rows by their class, in ordinal order of the labels.</summary>
    public IReadOnlyDictionary<string, long> Labels => _labels;

    /// <summary>The rows whose answer has the lowest probability, that first; of equals the earlier one.</summary>
    public IReadOnlyList<UncertainRow> LowConfidence => [.. _uncertain.UnorderedItems.OrderBy(i => i.Priority).Select(i => i.Element)];

    /// <summary>Rows a second of this run, since the summary was made.</summary>
    public double PerSecond => (Done + Failed - Resumed) / Elapsed.TotalSeconds;

    /// <summary>The counts, to be added to those of other parts.</summary>
    public ResultCounts Counts => new(Done, Failed, Labels, LowConfidence);

    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    public void Add(ResultRow row) => Add(row.Key, row.Label, row.Probability, row.Error);

    /// <summary>Adds what was counted elsewhere, for example over a shard.</summary>
    public void Add(ResultCounts counts)
    {
        Done += counts.Done - counts.LowConfidence.Count;
        Failed += counts.Failed;
        foreach (var (label, count) in counts.Labels) _labels[label] = _labels.GetValueOrDefault(label) + count;
        foreach (var row in counts.LowConfidence)
        {
            Done++;
            Keep(row);
        }
    }

    /// <summary>Adds a row of an earlier run.</summary>
    internal void AddStored(StoredRow row)
    {
        Resumed++;
        Add(row.Key, row.Label, row.Probability, row.Error);
    }

    private void Add(string key, string? label, float? probability, string? error)
    {
        if (error is not null)
        {
            Failed++;
            return;
        }
        Done++;
        if (label is null) return;
        _labels[label] = _labels.GetValueOrDefault(label) + 1;
        if (low == 0 || probability is not { } sure) return;
        Keep(new UncertainRow(key, label, sure));
    }

    private void Keep(UncertainRow row)
    {
        _uncertain.Enqueue(row, (row.Probability, Done));
        if (_uncertain.Count > low) _uncertain.Dequeue();
    }
}

/// <summary>Counts over the rows of a part of a run.</summary>
/// <param name="Done">Rows with a class or a value.</param>
/// <param name="Failed">Rows with an error.</param>
/// <param name="Labels">Rows by their class.</param>
/// <param name="LowConfidence">The part's least certain rows, at most as many as the whole keeps.</param>
public sealed record ResultCounts(long Done, long Failed, IReadOnlyDictionary<string, long> Labels, IReadOnlyList<UncertainRow> LowConfidence);

/// <summary>A row whose answer is doubtful.</summary>
/// <param name="Key">What the row is of.</param>
/// <param name="Label">The answer.</param>
/// <param name="Probability">Its probability, from 0 to 1.</param>
public readonly record struct UncertainRow(string Key, string Label, float Probability);
