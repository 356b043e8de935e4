using OnnxPipeline.Pipeline.Store.Remote;

namespace OnnxPipeline.Pipeline.Tests.Store.Remote;

/// <summary>Remote stores for tests, which do not wait long.</summary>
internal static class Remotes
{
    public static RemotePolicy Impatient { get; } = new() { FirstDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(5) };

    public static RemoteObjects Open(string address, RemotePolicy? policy = null, Func<string, string?>? environment = null) =>
        new(RemoteAddress.Parse(address, environment ?? (_ => null), TimeProvider.System), policy ?? Impatient);
}
