using OnnxPipeline.Datasets.Batches;

namespace OnnxPipeline.Datasets;

/// <summary>
/// Cuts a split into batches, assembled in the background in native memory that is used again and again: a
/// step makes no managed allocation. Order and augmentation are pure functions of seed, epoch and the
/// sample's position, so an epoch taken up at any step gives the bytes it would have given from its start.
/// </summary>
/// <remarks>For one thread at a time. What is bound to its memory, such as an OrtValue, must not be used once it is disposed.</remarks>
public sealed class BatchLoader : IDisposable
{
    private readonly IBatchSource _source;
    private readonly Batch[] _slots;
    private readonly Prefetcher _prefetcher;
    private int _nextStep;
    private int _served;
    private bool _running;
    private bool _disposed;

    /// <exception cref="ArgumentException">The options have faults, or do not fit the split; the message lists them all.</exception>
    public BatchLoader(DatasetSplit split, BatchOptions options)
        : this(split, options, Assembler(split, options))
    {
    }

    internal BatchLoader(DatasetSplit split, BatchOptions options, IBatchSource source)
    {
        StepsPerEpoch = (split.Count / options.BatchSize) + (!options.DropLast && split.Count % options.BatchSize > 0 ? 1 : 0);
        _slots = [.. Enumerable.Range(0, options.Prefetch + 1).Select(slot => new Batch(slot, split, options.BatchSize, options.Augment?.MixesLabels() == true, options.Extras) { Unchanged = options.Augment?.ChangesSamples() == true ? null : split })];
        _source = source;
        _prefetcher = new Prefetcher(source, _slots);
    }

    /// <summary>Batches of an epoch; 0 for an empty split.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Slots: the batch in use, and those assembled ahead.</summary>
    public int SlotCount => _slots.Length;

    /// <summary>The batches, one a slot, so that their memory can be bound before the first step.</summary>
    public IReadOnlyList<Batch> Slots => _slots;

    /// <summary>The batches of <paramref name="epoch"/> from <paramref name="firstStep"/> on. Each is valid until the next is asked for; only one epoch can be under way.</summary>
    public BatchEnumerable Epoch(int epoch, int firstStep = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstStep, StepsPerEpoch);
        return new BatchEnumerable(this, epoch, firstStep);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Finish();
        _prefetcher.Dispose();
        _source.Dispose();
        foreach (var slot in _slots) slot.Free();
    }

    internal void Start(int epoch, int firstStep)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_running) throw new InvalidOperationException("This loader is in the middle of another epoch; leave that loop, or dispose its enumerator, first.");
        (_running, _nextStep, _served) = (true, firstStep, 0);
        _prefetcher.Start(epoch, firstStep, StepsPerEpoch);
    }

    /// <returns>The next batch; null at the epoch's end.</returns>
    internal Batch? Next()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_running) return null;
        if (_served > 0) _prefetcher.ReleaseEmpty();
        if (_nextStep == StepsPerEpoch)
        {
            Finish();
            return null;
        }
        try
        {
            _prefetcher.WaitFull(_nextStep++);
        }
        catch
        {
            Finish();
            throw;
        }
        return _slots[_served++ % _slots.Length];
    }

    internal void Finish()
    {
        if (!_running) return;
        _running = false;
        _prefetcher.Finish();
    }

    private static BatchAssembler Assembler(DatasetSplit split, BatchOptions options)
    {
        var faults = options.Validate(split);
        if (faults.Count > 0) throw new ArgumentException(string.Join("\n", faults), nameof(options));
        return new BatchAssembler(split, options);
    }
}
