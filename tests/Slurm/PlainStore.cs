using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OnnxPipeline.Slurm.Tests;

/// <summary>A server that keeps what it is given under its path, and knows GET, PUT and HEAD.</summary>
internal sealed class PlainStore : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();

    public PlainStore()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/store";
        }
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return; // Closed.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (path, answer) = (context.Request.Url!.AbsolutePath, context.Response);
        if (context.Request.HttpMethod == "PUT")
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            _files[path] = body.ToArray();
            answer.StatusCode = (int)HttpStatusCode.Created;
        }
        else if (!_files.TryGetValue(path, out var file)) answer.StatusCode = (int)HttpStatusCode.NotFound;
        else
        {
            answer.ContentLength64 = file.Length;
            if (context.Request.HttpMethod == "GET") await answer.OutputStream.WriteAsync(file);
        }
        answer.Close();
    }
}
