using System.Globalization;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A PyTorch peer in a process of its own, spoken to by the line protocol of peers/peer.py, so that its rounds can alternate with ours.</summary>
internal sealed class PeerProcess : IBenchmarkSubject
{
    private const string HowToInstall = "To compare with PyTorch: apt-get install python3-torch libopenblas0 (or set PEER_PYTHON to a Python that has it).";

    private readonly LineProcess _process;

    private PeerProcess(LineProcess process, string name) => (_process, Name) = (process, name);

    public string Name { get; }

    /// <summary>Starts a script of peers/ and waits until it is warm.</summary>
    /// <param name="script">Its file.</param>
    /// <param name="threads">How many threads it takes.</param>
    /// <param name="arguments">Those of its own.</param>
    /// <exception cref="PeerException">There is no Python, or it has no PyTorch; the message says how to get it.</exception>
    public static PeerProcess Start(string script, int threads, params string[] arguments)
    {
        var (process, lines) = LineProcess.Start([.. Command(script, threads), .. arguments], "ready ", HowToInstall, environment => environment["PYTHONDONTWRITEBYTECODE"] = "1");
        return new PeerProcess(process, lines[^1]);
    }

    /// <summary>The program that a script of peers/ is, and its arguments.</summary>
    public static string[] Command(string script, int threads)
    {
        var python = Environment.GetEnvironmentVariable("PEER_PYTHON") ?? (File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3");
        return [python, Path.Combine(AppContext.BaseDirectory, "peers", script), threads.ToString(CultureInfo.InvariantCulture)];
    }

    public double Run(int steps) => double.Parse(_process.Ask($"run {steps}"), CultureInfo.InvariantCulture);

    public void Dispose() => _process.Dispose();
}
