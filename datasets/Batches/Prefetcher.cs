using System.Runtime.ExceptionServices;

namespace OnnxPipeline.Datasets.Batches;

/// <summary>
/// A background thread that fills a ring of batches ahead of their use. Semaphores count the empty and the full slots; a
/// step allocates nothing. One thread at a time may use it from outside.
/// </summary>
internal sealed class Prefetcher : IDisposable
{
    private readonly IBatchSource _source;
    private readonly Batch[] _slots;
    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _empty = new(0);
    private readonly SemaphoreSlim _full = new(0);
    private readonly SemaphoreSlim _idle = new(0);
    private readonly Thread _thread;

    private int _epoch;
    private int _firstStep;
    private int _endStep;
    private volatile bool _stop;
    private volatile bool _exit;
    private int _faultStep;
    private ExceptionDispatchInfo? _fault;

    public Prefetcher(IBatchSource source, Batch[] slots)
    {
        (_source, _slots) = (source, slots);
        _thread = new Thread(Work) { IsBackground = true, Name = "batch prefetch" };
        _thread.Start();
    }

    /// <summary>Begins to fill slots 0, 1, … with the steps from <paramref name="firstStep"/> up to <paramref name="endStep"/>, which is not reached.</summary>
    public void Start(int epoch, int firstStep, int endStep)
    {
        (_epoch, _firstStep, _endStep, _stop, _fault) = (epoch, firstStep, endStep, false, null);
        Drain(_empty);
        Drain(_full);
        _empty.Release(_slots.Length);
        _work.Release();
    }

    /// <summary>Waits until the slot of <paramref name="step"/> is full; steps come in order.</summary>
    /// <exception cref="Exception">Whatever the source threw while it filled that slot.</exception>
    public void WaitFull(int step)
    {
        _full.Wait();
        // Batches that were full before the fault are still good.
        if (_fault is { } fault && step == _faultStep) fault.Throw();
    }

    /// <summary>Gives the oldest full slot back.</summary>
    public void ReleaseEmpty() => _empty.Release();

    /// <summary>Ends what <see cref="Start"/> began, done or not; afterwards the thread touches no slot.</summary>
    public void Finish()
    {
        _stop = true;
        _empty.Release();
        _idle.Wait();
    }

    public void Dispose()
    {
        _exit = true;
        _work.Release();
        _thread.Join();
        foreach (var semaphore in (SemaphoreSlim[])[_work, _empty, _full, _idle]) semaphore.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _work.Wait();
            if (_exit) return;
            var step = _firstStep;
            try
            {
                _source.BeginEpoch(_epoch);
                for (; step < _endStep; step++)
                {
                    _empty.Wait();
                    if (_stop) break;
                    _source.Fill(step, _slots[(step - _firstStep) % _slots.Length]);
                    _full.Release();
                }
            }
            catch (Exception exception)
            {
                (_faultStep, _fault) = (step, ExceptionDispatchInfo.Capture(exception));
                _full.Release();
            }
            _idle.Release();
        }
    }

    private static void Drain(SemaphoreSlim semaphore)
    {
        while (semaphore.Wait(0)) { }
    }
}
