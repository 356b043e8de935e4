using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>What a run would do in one stage.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Key">The key of its artifact; null while an input has still to be made.</param>
/// <param name="Artifact">The artifact that would be used; null if the stage would run.</param>
/// <param name="Reason">Why.</param>
internal sealed record PlannedStage(string Name, ArtifactKey? Key, Artifact? Artifact, StageReason Reason);
