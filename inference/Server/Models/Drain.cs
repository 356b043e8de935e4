using Microsoft.Extensions.Hosting;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>The server's end: told to stop, it is not ready at once, still takes requests for a while, and finishes those it has taken.</summary>
internal sealed class Drain(ServerOptions options) : IHostedLifecycleService
{
    private volatile bool _draining;

    public bool IsDraining => _draining;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        return Task.Delay(options.DrainDelay, CancellationToken.None);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
