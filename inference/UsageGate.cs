namespace OnnxPipeline.Inference;

/// <summary>Counts the calls that use a native object, so that it is not freed under them: ONNX Runtime would crash the process.</summary>
internal sealed class UsageGate(object owner)
{
    private readonly object _lock = new();
    private int _users;
    private bool _closed;

    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    public void Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            _users++;
        }
    }

    public void Exit()
    {
        lock (_lock)
        {
            if (--_users == 0 && _closed) Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Lets nobody in any more and waits until all are out. False when it was closed before.</summary>
    public bool Close()
    {
        lock (_lock)
        {
            if (_closed) return false;
            _closed = true;
            while (_users > 0) Monitor.Wait(_lock);
            return true;
        }
    }
}
