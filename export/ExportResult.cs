using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export;

/// <summary>A deployable model, what it says of itself, and what each pass did to make it.</summary>
public sealed record ExportResult(Model Model, DeployMetadata Metadata, IReadOnlyList<PassReport> Reports);
