using System.Text;

namespace OnnxPipeline.Inference.Server.Tests;

/// <summary>A POST, and ways to damage it.</summary>
internal sealed record Letter(string Path, byte[] Body, params (string Name, string Value)[] Headers)
{
    // What parsers trip over: ends, escapes, signs, sizes, depths.
    private static readonly string[] Splinters =
    [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "-1", "1e999", "null", "true", "\\ud800", "\0", "\r\n", "\n", ";", "--cut", "99999999999999999999", "9223372036854775807", "0.5", "\"\"", "\u00ff",
    ];

    private static readonly string[] Encodings = ["gzip", "deflate", "br", "identity", "x", ""];

    /// <summary>The same with one to three kinds of damage.</summary>
    public Letter Damage(Random random)
    {
        var letter = this with { Body = [.. Body] };
        for (var hurts = random.Next(1, 4); hurts > 0; hurts--) letter = letter.Hurt(random);
        return letter;
    }

    /// <summary>The request as HTTP/1.1 has it.</summary>
    public byte[] ToBytes() =>
    [
        .. Encoding.Latin1.GetBytes($"POST {Path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Concat(Headers.Select(h => $"{h.Name}: {h.Value}\r\n"))}Content-Length: {Body.Length}\r\n\r\n"),
        .. Body,
    ];

    /// <summary>Puts other bytes in the place of a few.</summary>
    public static void Scribble(Span<byte> bytes, Random random)
    {
        for (var edits = random.Next(1, 5); edits > 0 && bytes.Length > 0; edits--) bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)random.Next(32, 127);
    }

    public override string ToString() => $"{Path} {string.Join(", ", Headers)} {Encoding.Latin1.GetString(Body)}";

    private Letter Hurt(Random random)
    {
        var at = random.Next(Body.Length + 1);
        switch (random.Next(9))
        {
            case 0 or 1:
                // The head of the body is where its form is.
                Scribble(Body.AsSpan(0, Math.Min(Body.Length, random.Next(2) == 0 ? 200 : int.MaxValue)), random);
                return this;
            case 2:
                return this with { Body = Body[..at] };
            case 3:
                return this with { Body = [.. Body[..at], .. Encoding.UTF8.GetBytes(Splinters[random.Next(Splinters.Length)]), .. Body[at..]] };
            case 4:
                var end = random.Next(at, Body.Length + 1);
                return this with { Body = [.. Body[..at], .. Body[end..]] };
            case 5:
                return this with { Body = [.. Body[..at], .. Body[random.Next(at + 1)..]] };
            case 6:
                return this with { Headers = [.. Headers.Skip(1)] };
            case 7:
                if (Headers.Length == 0) return this;
                var (name, value) = Headers[random.Next(Headers.Length)];
                return this with { Headers = [.. Headers.Where(h => h.Name != name), (name, Headers.Length > 1 || random.Next(2) == 0 ? $"{random.Next(-10, Body.Length + 10)}" : value + Splinters[random.Next(Splinters.Length)].Trim())] };
            default:
                return this with { Headers = [.. Headers, ("Content-Encoding", Encodings[random.Next(Encodings.Length)])] };
        }
    }
}
