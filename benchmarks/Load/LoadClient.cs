using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OnnxPipeline.Benchmarks.Load;

/// <summary>
/// Connections that are kept, each sending its next request when it has the answer to the last. One thread serves all of them by
/// poll, without HTTP's libraries: on shared cores, whatever the client takes the server lacks.
/// </summary>
internal sealed class LoadClient : IDisposable
{
    private const int MicrosecondsOfPatience = 10_000_000;

    // A machine that stood still looks like a silent server once, but not again and again.
    private const int SilencesOfPatience = 3;

    private readonly Dictionary<Socket, Connection> _connections = [];

    /// <param name="server">Where it is.</param>
    /// <param name="connections">How many are kept busy.</param>
    /// <param name="images">In a request.</param>
    public LoadClient(Uri server, int connections, int images = 1)
    {
        for (var i = 0; i < connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(IPAddress.Loopback, server.Port);
            _connections.Add(socket, new Connection(socket, InferMessage.Request(server, (ulong)i, images)));
        }
    }

    /// <summary>Sends so many requests in all, and waits for every answer.</summary>
    /// <exception cref="InvalidDataException">An answer is not what it should be.</exception>
    /// <exception cref="IOException">The server hung up, or is silent.</exception>
    public LoadReport Run(int requests)
    {
        var latencies = new double[requests];
        var busy = new List<Socket>();
        var (sent, answered) = (0, 0);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        foreach (var connection in _connections.Values.Take(requests))
        {
            connection.Send();
            sent++;
        }
        for (var silences = 0; answered < requests;)
        {
            busy.Clear();
            foreach (var connection in _connections.Values)
            {
                if (connection.Busy) busy.Add(connection.Socket);
            }
            Socket.Select(busy, null, null, MicrosecondsOfPatience);
            silences = busy.Count == 0 ? silences + 1 : 0;
            if (silences == SilencesOfPatience) throw new IOException("The server has not answered for half a minute.");
            foreach (var socket in busy)
            {
                var connection = _connections[socket];
                if (!connection.Receive()) continue;
                latencies[answered++] = connection.Elapsed;
                if (sent == requests) continue;
                connection.Send();
                sent++;
            }
        }
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var samples = new Samples(latencies);
        return new LoadReport(seconds, samples.Median, samples.Quantile(0.99), (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds);
    }

    public void Dispose()
    {
        foreach (var socket in _connections.Keys) socket.Dispose();
    }

    private sealed class Connection(Socket socket, byte[] request)
    {
        private readonly byte[] _response = new byte[4096];
        private int _received;
        private long _start;

        public Socket Socket => socket;

        public bool Busy { get; private set; }

        public double Elapsed { get; private set; }

        public void Send()
        {
            (_received, _start, Busy) = (0, Stopwatch.GetTimestamp(), true);
            for (var sent = 0; sent < request.Length;) sent += socket.Send(request.AsSpan(sent));
        }

        /// <summary>Takes what has come; true when that was the last of a response.</summary>
        public bool Receive()
        {
            if (socket.Receive(_response.AsSpan(_received)) is not (> 0 and var count)) throw new IOException("The server has hung up.");
            _received += count;
            if (!InferMessage.IsWhole(_response.AsSpan(0, _received))) return false;
            (Busy, Elapsed) = (false, Stopwatch.GetElapsedTime(_start).TotalSeconds);
            return true;
        }
    }
}
