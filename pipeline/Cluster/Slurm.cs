using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>Slurm through sbatch, squeue, sacct, scancel and scontrol. Source: their manual pages, https://slurm.schedmd.com/man_index.html</summary>
internal sealed class Slurm : ISlurm
{
    private const char Separator = '|';

    public int MaxArraySize
    {
        get
        {
            var line = Call("scontrol", ["show", "config"]).Split('\n').FirstOrDefault(l => l.StartsWith("MaxArraySize", StringComparison.Ordinal));
            // Numbers of tasks end below it.
            return line is not null && int.TryParse(line.Split('=')[^1], CultureInfo.InvariantCulture, out var size) ? Math.Max(1, size - 1) : 1000;
        }
    }

    public string Submit(BatchRequest request) => Call("sbatch", Arguments(request), request.Environment).Trim().Split(';')[0];

    public IReadOnlyList<QueuedTask> Queue(IReadOnlyCollection<string> jobs)
    {
        if (jobs.Count == 0) return [];
        var (code, output, error) = Start("squeue", ["--noheader", "--array", "--states=all", $"--jobs={string.Join(',', jobs)}", "--format=%F|%K|%T|%R"]);
        // Once Slurm has forgotten the job, that is no failure.
        if (code != 0 && error.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase)) return [];
        return code == 0 ? [.. Rows(output).Select(row => new QueuedTask(row[0], Number(row[1]), row[2], row[3]))] : throw Refused("squeue", error);
    }

    public IReadOnlyList<QueuedTask> Accounting(IReadOnlyCollection<string> jobs)
    {
        if (jobs.Count == 0) return [];
        try
        {
            var (code, output, _) = Start("sacct", ["--noheader", "--parsable2", "--allocations", $"--jobs={string.Join(',', jobs)}", "--format=JobID,State,NodeList"]);
            return code == 0 ? [.. Rows(output).Where(row => row.Length == 3).Select(Accounted)] : [];
        }
        catch (SlurmException)
        {
            return [];
        }
    }

    public void Cancel(IReadOnlyCollection<string> jobs)
    {
        if (jobs.Count > 0) Call("scancel", jobs);
    }

    /// <summary>sbatch's arguments for a batch.</summary>
    internal static IEnumerable<string> Arguments(BatchRequest request)
    {
        var options = request.Options;
        yield return "--parsable";
        yield return $"--job-name={request.Name}";
        yield return $"--output={request.Log}";
        yield return "--open-mode=append";
        yield return "--nodes=1";
        yield return "--ntasks=1";
        yield return $"--cpus-per-task={options.Cores}";
        yield return "--requeue";
        // To the script, which passes it on: the batch step's own processes hear nothing else of the coming end.
        yield return $"--signal=B:USR1@{options.GraceSeconds}";
        if (request.Tasks is { } tasks) yield return $"--array=1-{tasks}{(options.MaxTasks is { } most ? $"%{most}" : "")}";
        if (request.After.Count > 0) yield return $"--dependency={(request.AfterSuccess ? "afterok" : "afterany")}:{string.Join(':', request.After)}";
        if (request is { After.Count: > 0, AfterSuccess: true }) yield return "--kill-on-invalid-dep=yes";
        if ((request.OnGpu ? options.GpuPartition ?? options.Partition : options.Partition) is { } partition) yield return $"--partition={partition}";
        if (request.OnGpu) yield return $"--gres=gpu:{(options.GpuType is { } type ? $"{type}:" : "")}{options.Gpus}";
        if (options.Account is { } account) yield return $"--account={account}";
        if (options.Qos is { } qos) yield return $"--qos={qos}";
        if (options.Constraint is { } constraint) yield return $"--constraint={constraint}";
        if (options.Time is { } time) yield return $"--time={time}";
        if (options.Memory is { } memory) yield return $"--mem={memory}";
        foreach (var flag in options.Flags) yield return flag;
        yield return request.Script;
        foreach (var argument in request.Arguments) yield return argument;
    }

    private static IEnumerable<string[]> Rows(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(Separator));

    /// <summary>A row such as "12_3|FAILED|n1"; a state such as "CANCELLED by 0" is its first word.</summary>
    private static QueuedTask Accounted(string[] row)
    {
        var id = row[0].Split('_');
        return new QueuedTask(id[0], id.Length > 1 ? Number(id[1]) : null, row[1].Split(' ')[0], row[2]);
    }

    private static int? Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Call(string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var (code, output, error) = Start(command, arguments, environment);
        return code == 0 ? output : throw Refused(command, error);
    }

    private static SlurmException Refused(string command, string error) =>
        new($"{command} failed: {error.Trim().ReplaceLineEndings("; ")}");

    private static (int Code, string Output, string Error) Start(string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (Win32Exception exception)
        {
            throw new SlurmException($"Cannot start '{command}' ({exception.Message}). --executor slurm needs Slurm's commands on the path: run it on a login node of the cluster, or leave --executor out to run on this machine.", exception);
        }
    }
}
