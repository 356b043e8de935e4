using OnnxPipeline.Benchmarks.Load;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A server and a client that loads it, each in a process of its own on the same cores. A step is an image. Its name says how long requests took.</summary>
internal sealed class ServerSubject : IBenchmarkSubject
{
    private const int Connections = 64;

    private readonly int _images;
    private readonly string _folder;
    private readonly ServerProcess _server;
    private readonly LineProcess _client;
    private readonly List<LoadReport> _reports = [];

    private ServerSubject(int images, Func<string, ServerProcess> start)
    {
        _images = images;
        _folder = Directory.CreateTempSubdirectory("onnx-pipeline-bench-").FullName;
        var model = Path.Combine(_folder, $"{ServerProcess.Model}.onnx");
        File.WriteAllBytes(model, SmallCnn.Deployed(SmallCnn.Network()).ToBytes());
        try
        {
            _server = start(model);
            try
            {
                (_client, _) = LineProcess.Start(LoadCommand.Program(_server.Address, Connections, images), "ready");
            }
            catch
            {
                _server.Dispose();
                throw;
            }
        }
        catch
        {
            Directory.Delete(_folder, recursive: true);
            throw;
        }
    }

    public string Name
    {
        get
        {
            if (_reports.Count == 0) return _server.Name;
            var median = Of(r => r.Median);
            return FormattableString.Invariant($"{_server.Name} (p50 {median * 1e3:f2} ms, p99 {Of(r => r.NinetyNinth / r.Median):f1}x, client {Of(r => r.ClientProcessor / r.Seconds):p0} of a core)");
        }
    }

    /// <param name="images">In a request.</param>
    public static ServerSubject Ours(int images) => new(images, model => ServerProcess.Ours([model]));

    /// <param name="images">In a request.</param>
    /// <param name="processes">That share the port.</param>
    /// <exception cref="PeerException">There is no such peer here.</exception>
    public static ServerSubject Node(int images, int processes) => new(images, model => ServerProcess.Node(model, processes));

    public double Run(int steps)
    {
        _reports.Add(LoadReport.Parse(_client.Ask($"run {steps / _images}")));
        return _reports[^1].Seconds;
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private double Of(Func<LoadReport, double> value) => new Samples(_reports.Select(value)).Median;
}
