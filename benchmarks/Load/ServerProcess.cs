using OnnxPipeline.Benchmarks.Subjects;

namespace OnnxPipeline.Benchmarks.Load;

/// <summary>A server in a process of its own, ready to answer for one model.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>What the model is called in addresses.</summary>
    public const string Model = "model";

    private static readonly string Peers = Path.Combine(AppContext.BaseDirectory, "peers", "node");
    private readonly LineProcess _process;
    private readonly bool _ours;

    private ServerProcess(LineProcess process, bool ours, string name, string address)
    {
        (_process, _ours, Name, Address) = (process, ours, name, new Uri(address));
    }

    public string Name { get; }

    public Uri Address { get; }

    public int Id => _process.Id;

    /// <summary>The command line's program, as it was built with this one.</summary>
    public static string[] Pipeline => ["dotnet", Path.Combine(AppContext.BaseDirectory, "OnnxPipeline.Pipeline.dll")];

    /// <summary>"pipeline serve" on any free port.</summary>
    public static ServerProcess Ours(params string[] arguments)
    {
        const string listening = "listening on ";
        var (process, lines) = LineProcess.Start([.. Pipeline, "serve", .. arguments, "--listen", "127.0.0.1:0"], "ready: ");
        return new ServerProcess(process, ours: true, "pipeline serve", lines.First(l => l.StartsWith(listening, StringComparison.Ordinal))[listening.Length..]);
    }

    /// <summary>peers/node with a number of processes.</summary>
    /// <exception cref="PeerException">There is no Node, or no packages for it; the message says how to get them.</exception>
    public static ServerProcess Node(string model, int processes)
    {
        var (process, lines) = LineProcess.Start(["node", Path.Combine(Peers, "server.js"), model, $"{processes}"], "ready ",
            $"To compare with a Node server: install Node.js 20, then npm install --ignore-scripts --prefix '{Path.GetRelativePath(Environment.CurrentDirectory, Peers)}'.");
        var space = lines[^1].IndexOf(' ', StringComparison.Ordinal);
        return new ServerProcess(process, ours: false, lines[^1][(space + 1)..], lines[^1][..space]);
    }

    /// <summary>Tells it to stop, and gives its exit code; null where it did not stop in time.</summary>
    public int? Stop() => _process.Terminate(TimeSpan.FromSeconds(40));

    public void Dispose()
    {
        if (_ours) Stop();
        _process.Dispose();
    }
}
