using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>A run to compare with others: its record, and the epochs of its training, none where they are gone.</summary>
internal sealed record RunSummary(RunRecord Record, IReadOnlyList<EpochMetrics> Epochs);
