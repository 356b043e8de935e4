namespace OnnxPipeline.Inference;

/// <summary>How a model's file is watched.</summary>
public sealed record WatchOptions
{
    /// <summary>How often the file is looked at; zero to leave that to <see cref="WatchedModel{T}.Check"/>.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Called when a new file has taken the old one's place. It must not throw.</summary>
    public Action? Loaded { get; init; }

    /// <summary>Called when a new file cannot be used, with the reason; the old model goes on. It must not throw.</summary>
    public Action<Exception>? Refused { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
