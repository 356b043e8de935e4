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

    /// <summary>What the nodes of a cluster are to find in the environment: the remote's address, or nothing where there is none. So it stands in no file, which a password in it should not.</summary>
    /// <exception cref="UsageException">What is named is no remote.</exception>
    public static IReadOnlyDictionary<string, string> ForNodes(ParseResult line, Option<string?> option, CliServices services)
    {
        _ = Read(line, option, services);
        return new Dictionary<string, string> { [RemoteAddress.Variable] = Address(line, option, services) ?? "" };
    }

    /// <summary>The remote that the environment names, as a node of a cluster finds it; null where it names none.</summary>
    /// <exception cref="UsageException">What is named is no remote.</exception>
    public static RunRemote? Read(CliServices services) => Named(services.GetEnvironment(RemoteAddress.Variable)) is { } address ? new RunRemote(Open(address, services)) : null;

    private static string? Address(ParseResult line, Option<string?> option, CliServices services) =>
        Named(line.GetValue(option) ?? services.GetEnvironment(RemoteAddress.Variable));

    private static string? Named(string? address) => address is { Length: > 0 } && address != None ? address : null;

    private static RemoteObjects Open(string address, CliServices services, IProgress<long>? progress = null) =>
        new(RemoteAddress.Parse(address, services.GetEnvironment, services.Time), services.RemotePolicy ?? new RemotePolicy(), progress);
}
