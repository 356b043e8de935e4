namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>What kind of trouble a remote store gives, for those who go on without it.</summary>
internal enum RemoteFault
{
    /// <summary>No answer, or again and again one that says "later".</summary>
    Unreachable,

    /// <summary>It may not be read with these credentials.</summary>
    Refused,

    /// <summary>It may be read, but takes nothing.</summary>
    ReadOnly,

    /// <summary>What it holds is not what it should be.</summary>
    Damaged,

    /// <summary>Any other answer than the protocol's.</summary>
    Failed,
}

/// <summary>A remote store cannot do its part; the message has the address, what was expected, what came, and what to do.</summary>
internal sealed class RemoteException(RemoteFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public RemoteFault Fault { get; } = fault;
}
