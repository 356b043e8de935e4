namespace OnnxPipeline.Inference.Server.Metrics;

/// <summary>What became of the requests to a model's version since the server started; a reload goes on counting. Thread-safe.</summary>
internal sealed class ModelStatistics(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, (DurationTotal Input, DurationTotal Infer)> _batches = [];
    private readonly long[] _failures = new long[Enum.GetValues<FailureReason>().Length];
    private readonly Histogram _requests = new(Histogram.Durations), _waits = new(Histogram.Durations), _runs = new(Histogram.Durations), _batchSizes = new(Histogram.BatchSizes);
    private DateTimeOffset? _last;
    private DurationTotal _success, _fail, _queue, _input, _infer, _output;
    private long _inferences;

    /// <summary>A request was answered.</summary>
    public void Succeeded(int samples, TimeSpan duration)
    {
        lock (_lock)
        {
            _last = time.GetUtcNow();
            _inferences += samples;
            _success = _success.Plus(duration);
            _requests.Add(duration.TotalSeconds);
        }
    }

    /// <summary>A request was not answered.</summary>
    public void Failed(FailureReason reason, TimeSpan duration)
    {
        lock (_lock)
        {
            _failures[(int)reason]++;
            _fail = _fail.Plus(duration);
        }
    }

    /// <summary>A request's wait for its run has ended.</summary>
    public void Waited(TimeSpan duration)
    {
        lock (_lock)
        {
            _queue = _queue.Plus(duration);
            _waits.Add(duration.TotalSeconds);
        }
    }

    /// <summary>The model ran.</summary>
    /// <param name="batch">With how many samples.</param>
    /// <param name="input">Joining the inputs.</param>
    /// <param name="infer">The run itself.</param>
    public void Executed(int batch, TimeSpan input, TimeSpan infer)
    {
        lock (_lock)
        {
            _input = _input.Plus(input);
            _infer = _infer.Plus(infer);
            _runs.Add(infer.TotalSeconds);
            _batchSizes.Add(batch);
            var (inputs, runs) = _batches.GetValueOrDefault(batch);
            _batches[batch] = (inputs.Plus(input), runs.Plus(infer));
        }
    }

    /// <summary>What a run gave was shared out.</summary>
    public void OutputsSplit(TimeSpan duration)
    {
        lock (_lock) _output = _output.Plus(duration);
    }

    /// <summary>Reads the numbers while none changes.</summary>
    public T Read<T>(Func<Snapshot, T> read)
    {
        lock (_lock) return read(new Snapshot(this));
    }

    /// <summary>The numbers; valid while <see cref="Read"/> holds them still.</summary>
    internal readonly struct Snapshot(ModelStatistics of)
    {
        public DateTimeOffset? Last => of._last;

        public long Inferences => of._inferences;

        public DurationTotal Success => of._success;

        public DurationTotal Fail => of._fail;

        public DurationTotal Queue => of._queue;

        public DurationTotal Input => of._input;

        public DurationTotal Infer => of._infer;

        public DurationTotal Output => of._output;

        public Histogram Requests => of._requests;

        public Histogram Waits => of._waits;

        public Histogram Runs => of._runs;

        public Histogram BatchSizes => of._batchSizes;

        public IReadOnlyDictionary<int, (DurationTotal Input, DurationTotal Infer)> Batches => of._batches;

        public long Failures(FailureReason reason) => of._failures[(int)reason];
    }
}
