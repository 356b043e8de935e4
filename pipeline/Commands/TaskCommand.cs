using System.CommandLine;
using OnnxPipeline.Pipeline.Cluster;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"task": what a job's batch script runs on a node.</summary>
internal static class TaskCommand
{
    public static Command Create(CliServices services)
    {
        var job = new Argument<string>("FOLDER") { Description = "The job's folder." };
        var batch = new Argument<string>("BATCH") { Description = "The task's batch." };
        var number = new Argument<int>("TASK") { Description = "The task's number there, from 1." };
        var final = new Option<bool>("--final") { Description = "A failure of this start is the task's last." };
        var command = new Command("task", "Run one task of a job, as its batch script does on a node.") { job, batch, number, final };
        command.SetAction((line, cancellation) => new TaskRunner(new JobFolder(Path.GetFullPath(line.GetRequiredValue(job), services.Folder)), services)
            .RunAsync(line.GetRequiredValue(batch), line.GetRequiredValue(number), line.GetValue(final), cancellation));
        return command;
    }
}
