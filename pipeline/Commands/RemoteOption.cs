using System.CommandLine;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store.Remote;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"--remote URL", which verbs that take artifacts from elsewhere, or give them, have.</summary>
internal static class RemoteOption
{
    private const string None = "none";

    public static Option<string?> Create() => new("--remote")
    {
        Description = $"A store shared with other machines: https://host/path or s3://bucket/prefix; 'none' for none. [default: {RemoteAddress.Variable}]",
        HelpName = "URL",
    };

    /// <summary>The remote for a run; null where none is named.</summary>
    /// <exception cref="UsageException">What is named is no remote.</exception>
    public static RunRemote? Read(ParseResult line, Option<string?> option, CliServices services) =>
        Address(line, option, services) is { } address ? new RunRemote(Open(address, services)) : null;

    /// <summary>The remote, for verbs that do nothing without one.</summary>
    /// <exception cref="UsageException">None is named, or what is named is no remote.</exception>
    public static RemoteObjects Require(ParseResult line, Option<string?> option, CliServices services, IProgress<long> progress) =>
        Open(Address(line, option, services) ?? throw new UsageException($"Say which remote store, with --remote URL or {RemoteAddress.Variable}: https://host/path or s3://bucket/prefix."), services, progress);

    /// <exception cref="UsageException">A remote is named for jobs on a cluster, whose nodes share one store.</exception>
    public static void RefuseForJobs(ParseResult line, Option<string?> option)
    {
        if (line.GetValue(option) is { } named && named != None) throw new UsageException("--remote is not for jobs on a cluster, whose nodes share one store. Leave it out, and take what they need with 'pipeline pull' before, or give what they made with 'pipeline push' afterwards.");
    }

    private static string? Address(ParseResult line, Option<string?> option, CliServices services) =>
        (line.GetValue(option) ?? services.GetEnvironment(RemoteAddress.Variable)) is { Length: > 0 } address && address != None ? address : null;

    private static RemoteObjects Open(string address, CliServices services, IProgress<long>? progress = null) =>
        new(RemoteAddress.Parse(address, services.GetEnvironment, services.Time), services.RemotePolicy ?? new RemotePolicy(), progress);
}
