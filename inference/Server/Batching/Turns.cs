namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>
/// Lets a number of models run at once, in the order in which they asked. A model asks for one turn at a time, so that none
/// runs twice while another waits, however many requests it has.
/// </summary>
internal sealed class Turns(int count)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _free = count;

    public Task TakeAsync()
    {
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            return turn.Task;
        }
    }

    public void Return()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var next)) next.SetResult();
            else _free++;
        }
    }
}
