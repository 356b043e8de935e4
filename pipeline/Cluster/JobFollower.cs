namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>Is told what the tasks of a job do, on one thread.</summary>
internal interface ITaskObserver
{
    /// <summary>A line about the job as a whole.</summary>
    void Noted(string line);

    void Advanced(Batch batch, int task, TaskProgress progress);

    void Ended(Batch batch, int task, TaskEnd end);
}

/// <summary>
/// Follows a job from outside: by the records of its tasks, and by Slurm's queue where a task ended without one, as when its node died.
/// It changes nothing, so that it can be left and begun again at any time, also by several people.
/// </summary>
internal sealed class JobFollower(JobRecord job, JobFolder folder, ISlurm slurm, TimeProvider time)
{
    private const string Pending = "PENDING";

    /// <summary>So many tasks make questions to Slurm twice as rare.</summary>
    private const double ManyTasks = 2000;

    private readonly Dictionary<(string Batch, int Task), TaskProgress> _seen = [];
    private readonly Dictionary<(string Batch, int Task), DateTimeOffset> _missing = [];
    private readonly HashSet<(string Job, int? Task)> _waiting = [];
    private string _queue = "";

    /// <summary>Between two looks at the records.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two questions to Slurm, while there are few tasks; of many the answers are long, and the questions fewer.</summary>
    public TimeSpan QueuePoll { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long after Slurm ended a task its record may still come: a shared file system shows what others wrote late, NFS after a minute.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>The same where Slurm itself says that the task did not succeed: all that can come is why.</summary>
    public TimeSpan FailureGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Waits until every task is over.</summary>
    /// <returns>How each of them ended.</returns>
    /// <exception cref="OperationCanceledException">Whoever follows had enough; the job goes on.</exception>
    public IReadOnlyDictionary<(string Batch, int Task), TaskEnd> Follow(ITaskObserver observer, CancellationToken cancellation)
    {
        var pending = job.Batches.SelectMany(batch => Enumerable.Range(1, batch.Tasks), (Batch, Task) => (Batch, Task)).ToList();
        var ends = new Dictionary<(string, int), TaskEnd>();
        var asked = DateTimeOffset.MinValue;
        while (true)
        {
            // What waits in the queue and never ran has no records to look for.
            pending.RemoveAll(task => (_seen.ContainsKey((task.Batch.Name, task.Task)) || !_waiting.Contains(task.Batch.SlurmTask(task.Task))) && Look(task.Batch, task.Task));
            if (pending.Count > 0 && time.GetUtcNow() - asked >= QueuePoll * (1 + (pending.Count / ManyTasks)))
            {
                Ask();
                asked = time.GetUtcNow();
            }
            if (pending.Count == 0) return ends;
            cancellation.WaitHandle.WaitOne(Poll);
            cancellation.ThrowIfCancellationRequested();
        }

        bool Look(Batch batch, int task)
        {
            if (folder.End(batch.Name, task) is { } end) return End(batch, task, end);
            if (folder.Progress(batch.Name, task) is { } progress && _seen.GetValueOrDefault((batch.Name, task)) != progress)
                observer.Advanced(batch, task, _seen[(batch.Name, task)] = progress);
            return false;
        }

        bool End(Batch batch, int task, TaskEnd end)
        {
            ends[(batch.Name, task)] = end;
            observer.Ended(batch, task, end);
            return true;
        }

        void Ask()
        {
            IReadOnlyList<QueuedTask> queue;
            string[] jobs = [.. pending.Select(t => t.Batch.SlurmTask(t.Task).SlurmId).Distinct()];
            try
            {
                queue = slurm.Queue(jobs);
            }
            catch (SlurmException exception)
            {
                Note($"{exception.Message}; asking again");
                _waiting.Clear();
                return;
            }
            var known = queue.ToDictionary(q => (q.Job, q.Task));
            Note(Summary(queue));
            _waiting.Clear();
            _waiting.UnionWith(queue.Where(q => q.State == Pending).Select(q => (q.Job, q.Task)));
            var gone = pending.Where(t => known.GetValueOrDefault(t.Batch.SlurmTask(t.Task)) is not { IsLive: true }).ToArray();
            foreach (var task in _missing.Keys.Except(gone.Select(t => (t.Batch.Name, t.Task))).ToArray()) _missing.Remove(task);
            var lost = gone.Where(t => time.GetUtcNow() - FirstMissed((t.Batch.Name, t.Task)) >= (known.GetValueOrDefault(t.Batch.SlurmTask(t.Task)) is { HasFailed: true } ? FailureGrace : Grace)).ToArray();
            if (lost.Length == 0) return;
            var accounted = slurm.Accounting(jobs).GroupBy(q => (q.Job, q.Task)).ToDictionary(g => g.Key, g => g.Last());
            foreach (var (batch, task) in lost)
            {
                var id = batch.SlurmTask(task);
                End(batch, task, Lost(batch, task, known.GetValueOrDefault(id) ?? accounted.GetValueOrDefault(id)));
            }
            pending.RemoveAll(t => ends.ContainsKey((t.Batch.Name, t.Task)));
        }

        void Note(string line)
        {
            if (line != _queue && line.Length > 0) observer.Noted(line);
            _queue = line;
        }
    }

    private DateTimeOffset FirstMissed((string, int) task) => _missing.TryGetValue(task, out var since) ? since : _missing[task] = time.GetUtcNow();

    /// <summary>For example "2 running, 10 waiting (Resources)".</summary>
    private static string Summary(IReadOnlyList<QueuedTask> queue)
    {
        var waiting = queue.Where(q => q.State == Pending).ToArray();
        var running = queue.Count(q => q.State is "RUNNING" or "COMPLETING" or "CONFIGURING");
        var reasons = string.Join(", ", waiting.Select(q => q.Detail.Trim('(', ')')).Distinct().Order(StringComparer.Ordinal));
        return string.Join(", ", new[] { running > 0 ? $"{running} running" : null, waiting.Length > 0 ? $"{waiting.Length} waiting ({reasons})" : null }.OfType<string>());
    }

    private TaskEnd Lost(Batch batch, int task, QueuedTask? last)
    {
        var failures = folder.TaskFile(batch.Name, task, JobFolder.FailuresFile);
        string?[] parts = [folder.IsCancelled ? "cancelled" : null, last is null ? "Slurm no longer knows of it" : $"Slurm says {last.State}", File.Exists(failures) ? File.ReadLines(failures).LastOrDefault() : null];
        return new TaskEnd(true, string.Join("; ", parts.OfType<string>()), 0);
    }
}
