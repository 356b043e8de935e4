using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OnnxPipeline.Pipeline;

/// <summary>
/// Turns the first Ctrl-C or SIGTERM into a request to stop; a second one ends the process as usual. SIGTERMs that come at once are one:
/// schedulers send it to every process of a job, and a script among them passes it on.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private long _first;

    public StopSignals(CliServices services)
    {
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];

        void Stop(PosixSignalContext context)
        {
            if (_source.IsCancellationRequested)
            {
                context.Cancel = context.Signal == PosixSignal.SIGTERM && Stopwatch.GetElapsedTime(_first) < AtOnce;
                return;
            }
            _first = Stopwatch.GetTimestamp();
            context.Cancel = true;
            services.Error.WriteLine("stopping; once more to stop at once");
            _source.Cancel();
        }
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }
}
