using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using OnnxPipeline.Benchmarks.Subjects;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Benchmarks.Load;

/// <summary>A KServe V2 request with a binary tensor, as the bytes that go over the wire, and the check of what comes back.</summary>
internal static class InferMessage
{
    private const int LengthHeader = 17;

    /// <summary>Random images.</summary>
    public static byte[] Request(Uri address, ulong stream, int images = 1)
    {
        var pixels = SmallCnn.Pixels(images, stream);
        var json = $$"""{"inputs":[{"name":"{{ImageModelInput.Name}}","datatype":"UINT8","shape":[{{images}},1,{{SmallCnn.Side}},{{SmallCnn.Side}}],"parameters":{"binary_data_size":{{pixels.Length}} } }],"parameters":{"binary_data_output":true} }""";
        var head = string.Create(CultureInfo.InvariantCulture, $"POST /v2/models/{ServerProcess.Model}/infer HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/octet-stream\r\nInference-Header-Content-Length: {json.Length}\r\nContent-Length: {json.Length + pixels.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. Encoding.ASCII.GetBytes(json), .. pixels];
    }

    /// <summary>Whether what has come is a whole response.</summary>
    /// <exception cref="InvalidDataException">It is none of probabilities.</exception>
    public static bool IsWhole(ReadOnlySpan<byte> received)
    {
        var head = received.IndexOf("\r\n\r\n"u8) + 4;
        if (head < 4) return false;
        var value = received[..head].IndexOf("\nContent-Length: "u8);
        // Node writes it so.
        if (value < 0) value = received[..head].IndexOf("\ncontent-length: "u8);
        if (!received.StartsWith("HTTP/1.1 200"u8) || value < 0 || !Utf8Parser.TryParse(received[(value + LengthHeader)..head], out int length, out _)) throw Unexpected(received);
        if (received.Length < head + length) return false;
        var sum = 0f;
        foreach (var probability in MemoryMarshal.Cast<byte, float>(received[(head + length - SmallCnn.Classes * sizeof(float))..(head + length)])) sum += probability;
        return received.Length == head + length && Math.Abs(sum - 1) < 0.01f ? true : throw Unexpected(received);
    }

    private static InvalidDataException Unexpected(ReadOnlySpan<byte> received) => new($"The server answered: {Encoding.UTF8.GetString(received)}");
}
