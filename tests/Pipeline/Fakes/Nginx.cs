using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>A real nginx with WebDAV on a free port of this machine, run as the current user, its files in a folder of its own.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/usr/local/sbin").Split(':').Select(folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists);

    private readonly TempFolder _folder;
    private readonly Process _process;

    private Nginx(TempFolder folder, Process process, int port) => (_folder, _process, Port) = (folder, process, port);

    /// <summary>Why there can be none; null if there can.</summary>
    public static string? Unavailable => Program is null ? "needs nginx: install the package nginx-light" : null;

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}/team/store";

    /// <summary>Where it keeps what it was given.</summary>
    public string Data => _folder.File("data");

    /// <summary>What it keeps of the store, by path.</summary>
    public IReadOnlyList<string> Files => Directory.Exists(Path.Combine(Data, "team/store"))
        ? [.. Directory.EnumerateFiles(Path.Combine(Data, "team/store"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Path.Combine(Data, "team/store"), f)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Starts one.</summary>
    /// <param name="location">What its configuration says of the files, beside that they are served.</param>
    public static async Task<Nginx> StartAsync(string location = "dav_methods PUT DELETE MKCOL; create_full_put_path on;")
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = new TempFolder();
            var port = FreePort();
            Directory.CreateDirectory(folder.File("data"));
            await File.WriteAllTextAsync(folder.File("passwords"), "ada:{PLAIN}l0ve\n");
            await File.WriteAllTextAsync(folder.File("nginx.conf"), $$"""
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr warn;
                events { worker_connections 64; }
                http {
                  access_log off;
                  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                  server { listen 127.0.0.1:{{port}}; root data; client_max_body_size 0; location / { {{location}} } }
                }
                """);
            var process = Process.Start(new ProcessStartInfo(Program!, ["-e", "stderr", "-p", folder.Path, "-c", folder.File("nginx.conf")]) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            if (await AnswersAsync(port, process)) return new Nginx(folder, process, port);
            process.Kill();
            var said = await errors;
            process.Dispose();
            folder.Dispose();
            // Another process may have taken the port in the meantime.
            Assert.True(attempt < 5, $"nginx does not start: {said}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static async Task<bool> AnswersAsync(int port, Process process)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience && !process.HasExited; await Task.Delay(20))
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }
        return false;
    }

    /// <summary>A port that nobody listens on at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A test against a real nginx, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = Nginx.Unavailable;
}
