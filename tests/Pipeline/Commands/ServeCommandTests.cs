using System.CommandLine;
using System.Net;
using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class ServeCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public ServeCommandTests()
    {
        _model = _folder.File("my model.onnx");
        File.WriteAllBytes(_model, TestModels.Brightness());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_says_where_it_listens_answers_and_ends_when_it_is_interrupted()
    {
        using var stop = new CancellationTokenSource();
        using var output = new LineWriter();
        var serving = Serve(output, stop.Token, _model, "--listen", "127.0.0.1:0");
        var address = (await output.LineAsync("listening on ")).Split(' ')[^1];
        Assert.StartsWith("ready: my-model;", await output.LineAsync("ready: "));

        using var client = new HttpClient { BaseAddress = new Uri(address) };
        using var response = await client.PostAsync("/predict", new ByteArrayContent(TestModels.UniformPng(255)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"label\":\"bright\"", await response.Content.ReadAsStringAsync());

        await stop.CancelAsync();
        Assert.Equal(0, await serving.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_that_names_the_option()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var output = new LineWriter();
        var error = await Assert.ThrowsAsync<IOException>(() => Serve(output, CancellationToken.None, _model, "--listen", $"{taken.LocalEndpoint}"));
        Assert.Contains("--listen", error.Message);
    }

    [Fact]
    public async Task A_model_that_cannot_be_loaded_ends_it()
    {
        File.WriteAllText(_folder.File("bad.onnx"), "no model");
        using var output = new LineWriter();
        await Assert.ThrowsAsync<OnnxPipeline.Inference.ModelException>(() => Serve(output, CancellationToken.None, _folder.File("bad.onnx"), "--listen", "127.0.0.1:0"));
    }

    [Fact]
    public async Task A_repository_is_served_with_its_options()
    {
        foreach (var version in new[] { "shoes/1", "shoes/2" })
        {
            Directory.CreateDirectory(_folder.File(version));
            File.Copy(_model, Path.Combine(_folder.File(version), "model.onnx"));
        }
        File.WriteAllText(_folder.File("key"), "secret\n");
        using var stop = new CancellationTokenSource();
        using var output = new LineWriter();
        var serving = Serve(output, stop.Token, "--repository", _folder.Path, "--listen", "127.0.0.1:0", "--api-key-file", _folder.File("key"), "--max-batch", "4", "--max-delay", "1");
        using var client = new HttpClient { BaseAddress = new Uri((await output.LineAsync("listening on ")).Split(' ')[^1]) };
        Assert.StartsWith("ready: shoes;", await output.LineAsync("ready: "));
        using var refused = await client.GetAsync("/v2/models/shoes/versions/2/config");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        client.DefaultRequestHeaders.Add("X-Api-Key", "secret");
        Assert.Contains("\"max_batch_size\":4", await client.GetStringAsync("/v2/models/shoes/versions/2/config"));
        await stop.CancelAsync();
        Assert.Equal(0, await serving.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData("Give either")]
    [InlineData("Give either", "MODEL", "--repository", ".")]
    [InlineData("no folder", "--repository", "nowhere")]
    [InlineData("--max-batch", "MODEL", "--max-batch", "0")]
    [InlineData("--max-delay", "MODEL", "--max-delay", "-1")]
    [InlineData("--log", "MODEL", "--log", "xml")]
    [InlineData("--max-pixels", "MODEL", "--max-pixels", "0")]
    [InlineData("--public-url", "MODEL", "--public-url", "models.example.org")]
    [InlineData("--otlp", "MODEL", "--otlp", "localhost")]
    [InlineData("--tls-certificate", "MODEL", "--tls-key", "key.pem")]
    public void Options_that_contradict_themselves_are_parse_errors(string message, params string[] args) =>
        Assert.Contains(message, string.Join('\n', ServeCommand.Create().Parse([.. args.Select(a => a == "MODEL" ? _model : a)]).Errors));

    [Theory]
    [InlineData("8080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("example.org:80")]
    public void An_address_that_is_none_is_a_parse_error(string listen) =>
        Assert.Contains("ADDRESS:PORT", string.Join('\n', ServeCommand.Create().Parse([_model, "--listen", listen]).Errors));

    [Fact]
    public void Names_must_match_the_models() =>
        Assert.Contains("--name", string.Join('\n', ServeCommand.Create().Parse([_model, "--name", "a", "--name", "b"]).Errors));

    private static Task<int> Serve(TextWriter output, CancellationToken stop, params string[] args) =>
        ServeCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop);

    /// <summary>Lets a test await a line that begins with a prefix.</summary>
    private sealed class LineWriter : StringWriter
    {
        private readonly System.Threading.Channels.Channel<string> _lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public override void WriteLine(string? value) => _lines.Writer.TryWrite(value!);

        public async Task<string> LineAsync(string prefix)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await foreach (var line in _lines.Reader.ReadAllAsync(patience.Token))
                if (line.StartsWith(prefix, StringComparison.Ordinal)) return line;
            throw new InvalidOperationException($"No line began with '{prefix}'.");
        }
    }
}
