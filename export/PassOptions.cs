namespace OnnxPipeline.Export;

/// <summary>Limits that passes keep to.</summary>
public sealed record PassOptions
{
    public static readonly PassOptions Default = new();

    /// <summary>Bytes by which the result of one folded node may exceed the constants it was computed from.</summary>
    public long FoldingGrowth { get; init; } = 1 << 20;

    /// <summary>Whether inputs with a default stay inputs: those whose place an adapter takes at run time.</summary>
    public bool KeepDefaults { get; init; }
}
