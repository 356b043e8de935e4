namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>
/// A step of a pipeline: a pure function of its options and its input artifacts. Everything named here but
/// <see cref="Shown"/> goes into the key of what it makes; whatever changes the result must be among it.
/// </summary>
internal interface IStage
{
    /// <summary>Unique within a recipe, for example "train".</summary>
    string Name { get; }

    /// <summary>To be changed whenever the code makes something else from the same options and inputs.</summary>
    string CodeVersion { get; }

    /// <summary>Names of the stages whose artifacts this one reads.</summary>
    IReadOnlyList<string> Inputs { get; }

    /// <summary>A record of options: only what changes the result, so no thread counts and no checkpoint intervals.</summary>
    object Options { get; }

    /// <summary>Engine and version, for example "ort 1.29.0"; null where none is used.</summary>
    string? Engine => null;

    /// <summary>For example "cpu" or "cuda"; null where no device is used.</summary>
    string? DeviceKind => null;

    /// <summary>Which files of the output a person finds in artifacts/latest, and under which name.</summary>
    IReadOnlyList<ShownFile> Shown => [];

    /// <summary>Makes the output. Throws when it cannot; <see cref="OperationCanceledException"/> when it was asked to stop.</summary>
    void Run(StageContext context);
}

/// <summary>A file of a stage's output, by its path there, and its name in artifacts/latest.</summary>
internal sealed record ShownFile(string Path, string As);
