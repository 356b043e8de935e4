using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OnnxPipeline.Models.Metadata.Bundles;

/// <summary>A tensor of a state file, "float32" or "int64"; its bytes are row-major and little-endian.</summary>
public sealed record StateTensor(string Name, string Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data);

/// <summary>
/// The state of a bundle's training, as a safetensors file: the length of the header (8 bytes, little-endian), the header, JSON, then
/// the tensors. Its "__metadata__" names the bundle, the classes, the samples trained on, and the SHA-256 of the file with that sum's own
/// digits as zeros: a file that was changed is found out, by accident or hand. Only a signature would find out a file that was forged.
/// Source: https://github.com/huggingface/safetensors#format.
/// </summary>
public sealed record StateFile
{
    private const string MetadataKey = "__metadata__";
    private const string SumKey = "sha256";
    private const int LengthBytes = sizeof(ulong);
    private const int MaxHeader = 100_000_000;
    private static readonly string NoSum = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>The <see cref="BundleManifest.Id"/> of the bundle that it is a state of.</summary>
    public required string Bundle { get; init; }

    /// <summary>Names of the classes in use, by class index.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Samples that it was trained on since it was the bundle's own or an average; one that was shown twice counts twice.</summary>
    public long Samples { get; init; }

    /// <summary>The tensors that are the model's, weights and running statistics; the others serve training alone.</summary>
    public required IReadOnlyList<string> ModelTensors { get; init; }

    public required IReadOnlyList<StateTensor> Tensors { get; init; }

    public byte[] ToBytes()
    {
        var header = Header();
        var file = new byte[LengthBytes + header.Length + Tensors.Sum(t => t.Data.Length)];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file, LengthBytes);
        var offset = LengthBytes + header.Length;
        foreach (var tensor in Tensors)
        {
            tensor.Data.CopyTo(file.AsMemory(offset));
            offset += tensor.Data.Length;
        }
        var sum = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(file)));
        sum.CopyTo(file, LengthBytes + header.AsSpan().IndexOf(Encoding.ASCII.GetBytes(NoSum)));
        return file;
    }

    /// <summary>Reads a file; <paramref name="source"/> names it in errors. The tensors are views of the bytes.</summary>
    /// <exception cref="FormatException">The bytes are no state file, or were changed since they were written.</exception>
    public static StateFile Parse(byte[] file, string source)
    {
        if (file.Length < LengthBytes || BinaryPrimitives.ReadUInt64LittleEndian(file) is not (> 0 and <= MaxHeader and var length) || length > (ulong)(file.Length - LengthBytes))
            throw new FormatException($"{source}: not a state; expected a safetensors file, found {file.Length} bytes that are none.");
        try
        {
            using var header = JsonDocument.Parse(file.AsMemory(LengthBytes, (int)length));
            var metadata = header.RootElement.GetProperty(MetadataKey);
            if (HasItsSum(file, metadata.GetProperty(SumKey).GetString()!, (int)length)) return Read(header.RootElement, metadata, file.AsMemory(LengthBytes + (int)length));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or OverflowException or FormatException)
        {
            throw new FormatException($"{source}: not a state of a bundle; its header does not read as one: {exception.Message}", exception);
        }
        throw new FormatException($"{source}: the state was changed or damaged since it was written; its SHA-256 is not the one that it names. Take another copy.");
    }

    private static StateFile Read(JsonElement header, JsonElement metadata, ReadOnlyMemory<byte> data) => new()
    {
        Bundle = metadata.GetProperty("bundle").GetString()!,
        Classes = JsonSerializer.Deserialize(metadata.GetProperty("classes").GetString()!, StateJson.Default.StringArray)!,
        ModelTensors = JsonSerializer.Deserialize(metadata.GetProperty("model").GetString()!, StateJson.Default.StringArray)!,
        Samples = long.Parse(metadata.GetProperty("samples").GetString()!, System.Globalization.CultureInfo.InvariantCulture),
        Tensors = [.. header.EnumerateObject().Where(p => p.Name != MetadataKey).Select(p => Tensor(p, data))],
    };

    private static StateTensor Tensor(JsonProperty property, ReadOnlyMemory<byte> data)
    {
        var type = property.Value.GetProperty("dtype").GetString() switch
        {
            "F32" => BundleTypes.Float32,
            "I64" => BundleTypes.Int64,
            var other => throw new ArgumentException($"tensor '{property.Name}' is of type {other}; expected F32 or I64."),
        };
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
        var (begin, end) = (property.Value.GetProperty("data_offsets")[0].GetInt32(), property.Value.GetProperty("data_offsets")[1].GetInt32());
        return new StateTensor(property.Name, type, shape, data[begin..end]);
    }

    private static bool HasItsSum(byte[] file, string sum, int header)
    {
        var at = sum.Length == NoSum.Length ? file.AsSpan(LengthBytes, header).IndexOf(Encoding.UTF8.GetBytes(sum)) : -1;
        if (at < 0) return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(file.AsSpan(0, LengthBytes + at));
        hash.AppendData(Encoding.ASCII.GetBytes(NoSum));
        hash.AppendData(file.AsSpan(LengthBytes + at + NoSum.Length));
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == sum;
    }

    private byte[] Header()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            json.WriteString(SumKey, NoSum);
            json.WriteString("bundle", Bundle);
            json.WriteString("classes", JsonSerializer.Serialize([.. Classes], StateJson.Default.StringArray));
            json.WriteString("model", JsonSerializer.Serialize([.. ModelTensors], StateJson.Default.StringArray));
            json.WriteString("samples", Samples.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in Tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type == BundleTypes.Int64 ? "I64" : "F32");
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Data.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // The format asks for tensors that begin at a multiple of 8 bytes; spaces after JSON mean nothing.
        while (stream.Length % LengthBytes != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class StateJson : System.Text.Json.Serialization.JsonSerializerContext;
