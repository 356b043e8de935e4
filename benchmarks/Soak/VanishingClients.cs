using System.Net;
using System.Net.Sockets;
using OnnxPipeline.Benchmarks.Load;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Benchmarks.Soak;

/// <summary>Clients that reset their connection in the middle of a request, or while they are owed the answer to one.</summary>
internal sealed class VanishingClients(Uri server)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public int Count { get; private set; }

    public void Run(CancellationToken stop)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        var request = InferMessage.Request(server, stream: 0);
        while (!stop.WaitHandle.WaitOne(Pause))
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, server.Port);
            socket.Send(request.AsSpan(0, Count % 2 == 0 ? request.Length : random.Next(request.Length)));
            // Closed so, the other side is told at once, and gets no chance to answer.
            socket.LingerState = new LingerOption(true, 0);
            Count++;
        }
    }
}
