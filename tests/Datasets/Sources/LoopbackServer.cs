using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnnxPipeline.Datasets.Tests.Sources;

/// <summary>A request as the server saw it.</summary>
internal sealed record SeenRequest(string Path, IReadOnlyDictionary<string, string> Headers)
{
    public string? Range => Headers.GetValueOrDefault("Range");
}

/// <summary>An answer. With <paramref name="CutAfter"/> the connection is reset after so many bytes of the body; with <paramref name="Stall"/> it then stays silent instead.</summary>
internal sealed record Answer(int Status, byte[] Body, int? CutAfter = null, bool Stall = false, params string[] Headers);

/// <summary>A real HTTP server on a loopback port that answers by a script, broken connections included.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<SeenRequest, Answer> _answer;
    private readonly List<SeenRequest> _requests = [];

    public LoopbackServer(Func<SeenRequest, Answer> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public IReadOnlyList<SeenRequest> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var client = connection;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            var path = (await reader.ReadLineAsync(_stop.Token))!.Split(' ')[1];
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line) headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            var request = new SeenRequest(path, headers);
            lock (_requests) _requests.Add(request);

            var answer = _answer(request);
            var head = new StringBuilder($"HTTP/1.1 {answer.Status} Scripted\r\nConnection: close\r\nContent-Length: {answer.Body.Length}\r\n");
            foreach (var header in answer.Headers) head.Append(header).Append("\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
            await stream.WriteAsync(answer.Body.AsMemory(0, answer.CutAfter ?? answer.Body.Length), _stop.Token);
            if (answer.Stall) await Task.Delay(Timeout.Infinite, _stop.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client went away, or the test is over.
        }
    }
}
