using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>
/// A job's folder below the artifacts, which the nodes share with the machine that hands it in:
/// <code>
/// job.json              what it is, and Slurm's IDs
/// batch.sh              the script that each task runs by
/// cancelled             there once it was cancelled: tasks that begin later do nothing
/// recipes/N.json        the recipe of trial N, or of the run
/// images/N.txt          the images of shard N; images.txt, those of all of them, where archives are among them
/// logs/BATCH-N.log      what Slurm's task N of a batch said
/// tasks/BATCH/N/        a task: progress.json while it runs, end.json and result.json when it is over, failures before that
/// </code>
/// </summary>
internal sealed class JobFolder(string path)
{
    public const string FailuresFile = "failures";
    private const string RecordFile = "job.json";
    private const string CancelledFile = "cancelled";
    private const string ProgressFile = "progress.json";
    private const string EndFile = "end.json";

    /// <summary>A task's result, in the form of its kind of job.</summary>
    public const string ResultFile = "result.json";

    public string Path { get; } = path;

    public string Script => File("batch.sh");

    public string Logs => File("logs");

    public bool IsCancelled => System.IO.File.Exists(File(CancelledFile));

    /// <summary>The artifacts folder that the job belongs to.</summary>
    public string Artifacts => System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(Path))!;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Task(string batch, int task) => System.IO.Path.Combine(Path, "tasks", batch, task.ToString());

    public string TaskFile(string batch, int task, string name) => System.IO.Path.Combine(Task(batch, task), name);

    public string Recipe(int number) => System.IO.Path.Combine(Path, "recipes", $"{number}.json");

    /// <summary>Takes a folder for a new job; false where another process has just taken it.</summary>
    public static bool TryReserve(string path)
    {
        try
        {
            // Empty, it reads as no record yet.
            using var _ = new FileStream(System.IO.Path.Combine(path, RecordFile), FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (System.IO.File.Exists(System.IO.Path.Combine(path, RecordFile)))
        {
            return false;
        }
    }

    /// <exception cref="UsageException">There is none that reads.</exception>
    public JobRecord Record() => Read(File(RecordFile), ClusterJson.Default.JobRecord) ?? throw new UsageException($"'{Path}' is no job's folder: its {RecordFile} is missing or does not read.");

    public JobRecord? TryRecord() => Read(File(RecordFile), ClusterJson.Default.JobRecord);

    public TaskProgress? Progress(string batch, int task) => Read(TaskFile(batch, task, ProgressFile), ClusterJson.Default.TaskProgress);

    public TaskEnd? End(string batch, int task) => Read(TaskFile(batch, task, EndFile), ClusterJson.Default.TaskEnd);

    public T? Result<T>(string batch, int task, JsonTypeInfo<T> type)
        where T : class => Read(TaskFile(batch, task, ResultFile), type);

    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public void Save(JobRecord record) => Write(File(RecordFile), record, ClusterJson.Default.JobRecord);

    public void Save(string batch, int task, TaskProgress progress) => Write(TaskFile(batch, task, ProgressFile), progress, ClusterJson.Default.TaskProgress);

    /// <summary>Says that a task is over; its result is there before.</summary>
    public void Save(string batch, int task, TaskEnd end) => Write(TaskFile(batch, task, EndFile), end, ClusterJson.Default.TaskEnd);

    public void Save<T>(string batch, int task, T result, JsonTypeInfo<T> type) => Write(TaskFile(batch, task, ResultFile), result, type);

    /// <summary>Whether every task is over, and none failed.</summary>
    public bool HasSucceeded(JobRecord record) => record.Batches.All(b => Enumerable.Range(1, b.Tasks).All(task => End(b.Name, task) is { Failed: false }));

    /// <summary>Lets what failed or was cancelled be tried again; what is done stays done.</summary>
    public void Reopen()
    {
        System.IO.File.Delete(File(CancelledFile));
        var tasks = System.IO.Path.Combine(Path, "tasks");
        if (!Directory.Exists(tasks)) return;
        foreach (var task in Directory.EnumerateDirectories(tasks).SelectMany(Directory.EnumerateDirectories))
        {
            if (Read(System.IO.Path.Combine(task, EndFile), ClusterJson.Default.TaskEnd) is { Failed: false }) continue;
            System.IO.File.Delete(System.IO.Path.Combine(task, EndFile));
            System.IO.File.Delete(System.IO.Path.Combine(task, FailuresFile));
            System.IO.File.Delete(System.IO.Path.Combine(task, ProgressFile));
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

    private void Write<T>(string path, T value, JsonTypeInfo<T> type) => WriteText(path, JsonSerializer.Serialize(value, type) + "\n");

    private static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(System.IO.File.ReadAllText(path), type);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null; // Not there yet, or of another version; nothing is ever half written.
        }
    }
}
