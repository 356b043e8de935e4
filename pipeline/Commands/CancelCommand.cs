using System.CommandLine;
using OnnxPipeline.Pipeline.Cluster;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"cancel": ends a job that Slurm has. Trainings save their checkpoints; the same command goes on from there.</summary>
internal static class CancelCommand
{
    public static Command Create(CliServices services)
    {
        var job = JobArgument.Create();
        var artifacts = ArtifactsOption.Create();
        var command = new Command("cancel", "End a job of --executor slurm; what it finished stays.") { job, artifacts };
        command.SetAction(line =>
        {
            var folder = new JobList(ArtifactsOption.Read(line, artifacts, services)).Find(line.GetRequiredValue(job));
            var record = folder.Record();
            // First the mark: a task that begins after it does nothing, whatever Slurm still does.
            folder.Cancel();
            services.Slurm.Cancel(record.SlurmIds);
            services.Out.WriteLine($"job {record.Id} is cancelled; what it finished is kept, and the command that began it goes on from there");
        });
        return command;
    }
}
