using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"push --json" and "pull --json".</summary>
/// <param name="Remote">The remote, without credentials.</param>
/// <param name="Artifacts">Every artifact that was to be moved.</param>
/// <param name="Runs">IDs of the runs whose records are there now.</param>
/// <param name="Files">Files that were moved.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record TransferReport(string Remote, IReadOnlyList<ArtifactTransfer> Artifacts, IReadOnlyList<string> Runs, int Files, long Bytes)
{
    public static TransferReport Of(string remote, IReadOnlyCollection<ArtifactTransfer> artifacts, IReadOnlyList<string> runs) =>
        new(remote, [.. artifacts], runs, artifacts.Sum(a => a.Files), artifacts.Sum(a => a.Bytes));
}

/// <summary>What was pushed or pulled, for people.</summary>
internal static class TransferText
{
    /// <summary>For example "train 1a2b3c4d5e6f: 3 files, 1.2 MB".</summary>
    public static string Line(ArtifactTransfer artifact) => $"{artifact.Stage ?? "artifact"} {artifact.Key[..12]}: " + artifact.State switch
    {
        TransferState.Moved => $"{Count(artifact.Files, "file")}, {ByteSize.Text(artifact.Bytes)}",
        TransferState.Present => "was there",
        _ => artifact.Problem,
    };

    /// <summary>For example "pushed 3 artifacts (12 files, 47.1 MB) to https://host/path; 2 were there".</summary>
    public static string Summary(TransferReport report, string done, string direction)
    {
        var states = report.Artifacts.ToLookup(a => a.State);
        var others = string.Concat(states.Where(s => s.Key is not (TransferState.Moved or TransferState.Present)).Select(s => $"; {s.Count()} {s.Key.ToString().ToLowerInvariant()}"));
        return $"{done} {Count(states[TransferState.Moved].Count(), "artifact")} ({Count(report.Files, "file")}, {ByteSize.Text(report.Bytes)}) {direction} {report.Remote}; {states[TransferState.Present].Count()} were there{others}";
    }

    private static string Count(int count, string thing) => count == 1 ? $"1 {thing}" : $"{count} {thing}s";
}
