using System.Diagnostics;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>Runs one task of a job on a node: once, whatever happens to nodes, and from where an earlier start of it stopped.</summary>
internal sealed class TaskRunner(JobFolder folder, CliServices services)
{
    /// <summary>Runs it, and gives the exit code that the batch script goes by.</summary>
    /// <param name="batchName">The batch.</param>
    /// <param name="task">The task's number there, from 1.</param>
    /// <param name="final">Whether a failure is the last: it is recorded, and not tried again.</param>
    /// <param name="cancellation">Set by SIGTERM, before the time limit and when Slurm takes the node away.</param>
    public async Task<int> RunAsync(string batchName, int task, bool final, CancellationToken cancellation)
    {
        var job = folder.Record();
        var batch = job.Batches.FirstOrDefault(b => b.Name == batchName) ?? throw new UsageException($"Job {job.Id} has no batch '{batchName}'; it has {string.Join(", ", job.Batches.Select(b => b.Name))}.");
        if (task < 1 || task > batch.Tasks) throw new UsageException($"Batch '{batchName}' of job {job.Id} has the tasks 1 to {batch.Tasks}, and no {task}.");
        if (folder.IsCancelled)
        {
            services.Error.WriteLine("the job was cancelled");
            return Cli.Done;
        }
        if (folder.End(batchName, task) is { Failed: false })
        {
            services.Error.WriteLine("the task is done already");
            return Cli.Done;
        }
        var before = folder.Progress(batchName, task);
        var progress = new ProgressWriter(folder, batchName, task, new TaskProgress { Node = Environment.MachineName, Process = Environment.ProcessId, Start = (before?.Start ?? 0) + 1 }, services.Error);
        var start = Stopwatch.GetTimestamp();
        try
        {
            await JobKinds.TasksOf(job, folder, services).RunAsync(batch, task, progress, cancellation);
            folder.Save(batchName, task, new TaskEnd(false, null, Seconds()));
            return Cli.Done;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            progress.Interrupted();
            services.Error.WriteLine("interrupted; the next start of this task goes on from here");
            if (before is not { Interrupted: true } || progress.Now.IsBeyond(before)) return Cli.Interrupted;
            services.Error.WriteLine("this start got no further than the one before it: the time limit is too short for it to reach a checkpoint. Give more time with --slurm time=…");
            return Cli.Failed;
        }
        catch (Exception exception)
        {
            if (final) folder.Save(batchName, task, new TaskEnd(true, exception.Message, Seconds()));
            throw;
        }

        double Seconds() => Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3);
    }
}
