using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OnnxPipeline.Pipeline.Tests.Commands;

/// <summary>"serve" as a real process that is told to stop while it has much to do.</summary>
public sealed class ServeProcessTests : IDisposable
{
    private const int Clients = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly TempFolder _folder = new();

    public ServeProcessTests() => File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sigterm_under_load_loses_no_request_that_was_accepted()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OnnxPipeline.Pipeline.dll"), "serve", "model.onnx", "--listen", "127.0.0.1:0", "--log", "text"])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var patience = new CancellationTokenSource(Patience);
        var log = process.StandardError.ReadToEndAsync(patience.Token);
        var listening = await process.StandardOutput.ReadLineAsync(patience.Token);
        Assert.StartsWith("ready: ", await process.StandardOutput.ReadLineAsync(patience.Token));

        var answered = new ConcurrentDictionary<string, int>();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => AskAsync(new Uri(listening!.Split(' ')[^1]), client, answered, patience.Token))).ToArray();
        while (answered.Count < 20 * Clients) await Task.Delay(5, patience.Token);
        using (var kill = Process.Start("kill", ["-s", "TERM", $"{process.Id}"])) await kill.WaitForExitAsync(patience.Token);
        await Task.WhenAll(clients);
        await process.WaitForExitAsync(patience.Token);

        Assert.Equal(Cli.Done, process.ExitCode);
        Assert.All(answered.Values, status => Assert.Equal(200, status));
        // What it took it has in its log: the client must have the answer.
        var accepted = Regex.Matches(await log, @"(c\d+-\d+) POST /predict (\d+) ").ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        Assert.All(accepted.Values, status => Assert.Equal(200, status));
        Assert.Empty(accepted.Keys.Except(answered.Keys));
        Assert.Empty(answered.Keys.Except(accepted.Keys));
    }

    /// <summary>Asks again and again, until the server takes no more.</summary>
    private static async Task AskAsync(Uri server, int client, ConcurrentDictionary<string, int> answered, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = server };
        for (var i = 0; ; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new ByteArrayContent(TestModels.UniformPng((byte)i)) };
            request.Headers.Add("X-Request-Id", $"c{client}-{i}");
            try
            {
                using var response = await http.SendAsync(request, cancellation);
                answered[$"c{client}-{i}"] = (int)response.StatusCode;
            }
            catch (HttpRequestException)
            {
                return; // Its connection was refused, or closed before the server took the request.
            }
        }
    }
}
