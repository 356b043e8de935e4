using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>
/// A job's folder below the artifacts, which the nodes share with the machine that hands it in:
/// <code>
/// job.json              what it is, and Slurm's IDs
/// batch.sh              the script that each task runs by
/// cancelled             there once it was cancelled: tasks that begin later do nothing
/// points.json           a sweep's combinations of values; trials/N.json one trial's
/// rung-N.json           the trials that went on to a rung
/// recipes/N.json        the recipe of trial N, or of the run
/// images/N.txt          the images of shard N; images.txt, those of all of them, where archives are among them
/// logs/BATCH-N.log      what Slurm's task N of a batch said
/// tasks/BATCH/N/        a task: progress.json while it runs, end.json and result.json when it is over, failures before that
/// </code>
/// </summary>
internal sealed class JobFolder(string path)
{
    public const string FailuresFile = "failures";

    /// <summary>The job's record; it is empty, and so reads as none, until the job has been worked out.</summary>
    public const string RecordFile = "job.json";
    private const string CancelledFile = "cancelled";
    private const string ProgressFile = "progress.json";
    private const string EndFile = "end.json";
    private const string ResultFile = "result.json";
    private const string PointsFile = "points.json";

    public string Path { get; } = path;

    public string Script => File("batch.sh");

    public string Logs => File("logs");

    public bool IsCancelled => System.IO.File.Exists(File(CancelledFile));

    /// <summary>The artifacts folder that the job belongs to.</summary>
    public string Artifacts => System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(Path))!;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Task(string batch, int task) => System.IO.Path.Combine(Path, "tasks", batch, task.ToString());

    public string TaskFile(string batch, int task, string name) => System.IO.Path.Combine(Task(batch, task), name);

    /// <summary>The combinations of a sweep, in a file of their own.</summary>
    /// <exception cref="UsageException">The file does not read.</exception>
    public IReadOnlyList<PointPlan> Points() => Read(File(PointsFile), ClusterJson.Default.IReadOnlyListPointPlan) ?? throw Unreadable(PointsFile);

    public void Save(IReadOnlyList<PointPlan> points)
    {
        Write(File(PointsFile), points, ClusterJson.Default.IReadOnlyListPointPlan);
        foreach (var trial in points.SelectMany(p => p.Trials)) Write(TrialFile(trial.Number), trial, SweepJson.Default.TrialRecord);
    }

    /// <summary>A trial's record as it was before it ran.</summary>
    /// <exception cref="UsageException">The file does not read.</exception>
    public TrialRecord Trial(int number) => Read(TrialFile(number), SweepJson.Default.TrialRecord) ?? throw Unreadable(System.IO.Path.GetRelativePath(Path, TrialFile(number)));

    /// <summary>The trials that went on to a rung, in the order of its tasks; null before the first of them has begun.</summary>
    public IReadOnlyList<int>? Promoted(string batch) => Read(PromotedFile(batch), ClusterJson.Default.IReadOnlyListInt32);

    public void SavePromoted(string batch, IReadOnlyList<int> trials) => Write(PromotedFile(batch), trials, ClusterJson.Default.IReadOnlyListInt32);

    public string Recipe(int number) => System.IO.Path.Combine(Path, "recipes", $"{number}.json");

    /// <exception cref="UsageException">There is none that reads.</exception>
    public JobRecord Record() => Read(File(RecordFile), ClusterJson.Default.JobRecord) ?? throw new UsageException($"'{Path}' is no job's folder: its {RecordFile} is missing or does not read.");

    public JobRecord? TryRecord() => Read(File(RecordFile), ClusterJson.Default.JobRecord);

    public TaskProgress? Progress(string batch, int task) => Read(TaskFile(batch, task, ProgressFile), ClusterJson.Default.TaskProgress);

    public TaskEnd? End(string batch, int task) => Read(TaskFile(batch, task, EndFile), ClusterJson.Default.TaskEnd);

    /// <summary>A task's result, in the form of its kind of job.</summary>
    public T? Result<T>(string batch, int task, JsonTypeInfo<T> type)
        where T : class => Read(TaskFile(batch, task, ResultFile), type);

    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public void Save(JobRecord record) => Write(File(RecordFile), record, ClusterJson.Default.JobRecord);

    public void Save(string batch, int task, TaskProgress progress) => Write(TaskFile(batch, task, ProgressFile), progress, ClusterJson.Default.TaskProgress);

    /// <summary>Says that a task is over; its result is there before.</summary>
    public void Save(string batch, int task, TaskEnd end) => Write(TaskFile(batch, task, EndFile), end, ClusterJson.Default.TaskEnd);

    public void Save<T>(string batch, int task, T result, JsonTypeInfo<T> type) => Write(TaskFile(batch, task, ResultFile), result, type);

    /// <summary>Whether every task is over, and none failed.</summary>
    public bool HasSucceeded(JobRecord record) => record.Batches.All(IsDone);

    /// <summary>Lets what failed or was cancelled be tried again, and what came after it; the rest stays done.</summary>
    public void Reopen(JobRecord record)
    {
        System.IO.File.Delete(File(CancelledFile));
        foreach (var (place, batch) in record.Batches.SkipWhile(IsDone).Index())
        {
            // What later batches did may have rested on what is now made anew; of that the store has most.
            System.IO.File.Delete(PromotedFile(batch.Name));
            foreach (var task in Enumerable.Range(1, batch.Tasks).Where(task => place > 0 || End(batch.Name, task) is not { Failed: false }))
            {
                if (!Directory.Exists(Task(batch.Name, task))) continue;
                foreach (var file in new[] { EndFile, FailuresFile, ProgressFile }) System.IO.File.Delete(TaskFile(batch.Name, task, file));
            }
        }
    }

    public void Cancel() => WriteText(File(CancelledFile), "");

    public void WriteText(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            Durable.WriteAllText(path, text, flush: false);
        }
        catch (Exception exception) when (StoreException.Explain(exception, Path) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>The log of a task, as a path for people.</summary>
    public string Log(Batch batch, int task)
    {
        var (_, number) = batch.SlurmTask(task);
        return System.IO.Path.Combine(Logs, LogName(batch.Name, batch.PartOf(task).First, number?.ToString() ?? "1"));
    }

    /// <param name="batch">The batch's name.</param>
    /// <param name="first">The number of the array's first task in the batch.</param>
    /// <param name="task">The task's number in the array, or Slurm's %a for it.</param>
    public static string LogName(string batch, int first, string task) => first == 1 ? $"{batch}-{task}.log" : $"{batch}-from-{first}-{task}.log";

    private string TrialFile(int number) => System.IO.Path.Combine(Path, "trials", $"{number}.json");

    private string PromotedFile(string batch) => File($"{batch}.json");

    private UsageException Unreadable(string file) => new($"'{Path}' is no whole job: its {file} is missing or does not read.");

    private bool IsDone(Batch batch) => Enumerable.Range(1, batch.Tasks).All(task => End(batch.Name, task) is { Failed: false });

    private void Write<T>(string path, T value, JsonTypeInfo<T> type) => WriteText(path, JsonSerializer.Serialize(value, type) + "\n");

    private static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return Durable.TryReadAllText(path) is { } text ? JsonSerializer.Deserialize(text, type) : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null; // Of another version, or not to be read at this moment; nothing is ever half written.
        }
    }
}
