namespace OnnxPipeline.Pipeline.Store.Claims;

/// <summary>How claims are taken. All processes of a store must agree on the lease, so only tests change it.</summary>
internal sealed record ClaimOptions
{
    /// <summary>What is used where nothing else is given; a host of tests sets it before anything runs.</summary>
    public static ClaimOptions Default { get; set; } = new();

    /// <summary>A claim whose owner has shown no sign of life for so long is free.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>In whose name claims are taken.</summary>
    public ClaimOwner Owner { get; init; } = ClaimOwner.ThisProcess;

    /// <summary>How often an owner shows that it lives.</summary>
    public TimeSpan Heartbeat => Lease / 10;
}
