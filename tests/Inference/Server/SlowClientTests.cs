using System.Net;
using System.Net.Sockets;
using System.Text;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

/// <summary>Clients that send a request byte by byte to hold on to the server.</summary>
public sealed class SlowClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n", "HTTP/1.1 408")]
    [InlineData("GE", "T", "")]
    [InlineData("POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", " ", "HTTP/1.1 408")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", "HTTP/1.1 408")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n", "x", "HTTP/1.1 408")]
    public async Task A_request_that_dribbles_is_ended_and_others_are_served_meanwhile(string head, string drop, string answer)
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { HeadersTimeout = TimeSpan.FromSeconds(1), SlowBodyGrace = TimeSpan.FromSeconds(1.1) }, socket: true);
        var slow = Enumerable.Range(0, 20).Select(_ => DribbleAsync(served.Client.BaseAddress!.Port, head, drop)).ToArray();
        var body = InferTests.Request(InferTests.Flat(0));
        while (!slow.All(task => task.IsCompleted))
        {
            Assert.Equal(200, (await served.PostAsync("/v2/models/m/infer", body).WaitAsync(Patience)).Status);
            await Task.Delay(50);
        }
        Assert.All(await Task.WhenAll(slow), said => Assert.StartsWith(answer, said, StringComparison.Ordinal));
    }

    /// <summary>Sends the head at once and then drop after drop until the server hangs up; gives what it said.</summary>
    private static async Task<string> DribbleAsync(int port, string head, string drop)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), patience.Token);
        var hungUp = ReadAsync(stream, patience.Token);
        while (await Task.WhenAny(hungUp, Task.Delay(100, patience.Token)) != hungUp)
        {
            patience.Token.ThrowIfCancellationRequested();
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(drop), patience.Token);
            }
            catch (IOException)
            {
                break;
            }
        }
        return await hungUp;
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var said = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and var read) said.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // Hung up on in the middle of a drop.
        }
        return said.ToString();
    }
}
