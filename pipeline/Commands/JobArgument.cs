using System.CommandLine;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>The job that a verb is about.</summary>
internal static class JobArgument
{
    public static Argument<string> Create() => new("JOB") { Description = "The job's ID or how it begins, as 'pipeline jobs' lists it; the last one by default.", DefaultValueFactory = _ => "latest" };
}
