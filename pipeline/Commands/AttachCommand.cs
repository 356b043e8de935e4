using System.CommandLine;
using OnnxPipeline.Pipeline.Cluster;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"attach": follows a job that Slurm has, to its end, and says what a local run would have said.</summary>
internal static class AttachCommand
{
    public static Command Create(CliServices services)
    {
        var job = JobArgument.Create();
        var publishBest = new Option<bool>("--publish-best") { Description = "Of a sweep: make the best trial's run artifacts/latest." };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("attach", "Follow a job of --executor slurm to its end.") { job, publishBest, json, artifacts };
        command.SetAction((line, cancellation) =>
        {
            var folder = new JobList(ArtifactsOption.Read(line, artifacts, services)).Find(line.GetRequiredValue(job));
            return Task.FromResult(Follow(folder, new JobOutput(line.GetValue(json), line.GetValue(publishBest)), services, cancellation));
        });
        return command;
    }

    /// <summary>Follows a job; the exit code. Leaving it does it no harm.</summary>
    internal static int Follow(JobFolder folder, JobOutput output, CliServices services, CancellationToken cancellation)
    {
        var job = folder.Record();
        try
        {
            return JobKinds.ViewOf(job, folder, services).Show(new JobFollower(job, folder, services.Slurm, services.Time), output, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            services.Error.WriteLine($"job {job.Id} goes on without you: 'pipeline attach {job.Id}' follows it again, 'pipeline cancel {job.Id}' ends it");
            return Cli.Interrupted;
        }
    }
}
