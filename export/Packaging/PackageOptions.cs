namespace OnnxPipeline.Export.Packaging;

/// <summary>What is made of a model.</summary>
public sealed record PackageOptions
{
    public required PackageKind Kind { get; init; }

    /// <summary>The model's name in the package: a letter, then letters, digits, '.', '_' and '-', at most 100. Null for that of its dataset.</summary>
    public string? Name { get; init; }

    /// <summary>The NuGet package's version.</summary>
    public string Version { get; init; } = "1.0.0";

    /// <summary>A further NuGet source to restore from, a folder; null for those of the machine alone.</summary>
    public string? NuGetSource { get; init; }

    /// <summary>Replaces a folder that is not empty.</summary>
    public bool Force { get; init; }
}
