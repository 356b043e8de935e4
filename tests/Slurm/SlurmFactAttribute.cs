namespace OnnxPipeline.Slurm.Tests;

/// <summary>A test on a real cluster, skipped where none can be started.</summary>
public sealed class SlurmFactAttribute : FactAttribute
{
    private static readonly string[] Programs = ["munged", "slurmctld", "slurmd", "sbatch"];

    public SlurmFactAttribute() => Skip = Reason;

    private static string? Reason { get; } =
        !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess ? "needs root on Linux, since Slurm's daemons start jobs as their users"
        : Programs.FirstOrDefault(p => Find(p) is null) is { } missing ? $"needs Slurm: '{missing}' is not installed; make test-slurm installs it"
        : null;

    internal static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
