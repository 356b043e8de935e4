using System.Buffers;
using System.Buffers.Binary;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>
/// Tensors from and to bytes: elements in row-major order, little-endian; BOOL is a byte of 0 or 1; a BYTES element is its length
/// in 4 bytes, then its bytes. Source: Triton's binary tensor data extension.
/// </summary>
internal static class BinaryTensors
{
    private const int LengthBytes = sizeof(uint);

    /// <exception cref="RequestException">400: the bytes are not those of such a tensor; 413: it is larger than the limit.</exception>
    public static OrtValue Read(ReadOnlySpan<byte> data, TensorElementType type, long[] shape, string where, long limit)
    {
        var count = TensorSize.Elements(shape);
        if (type == TensorElementType.String) return ReadTexts(data, count, shape, where, limit);
        if (DataTypes.SizeOf(type) is not { } size) throw RequestException.BadRequest($"The {where} has datatype {DataTypes.NameOf(type)}, which cannot be sent.");
        if (count * (UInt128)size != (UInt128)data.Length)
            throw RequestException.BadRequest($"The {where} has shape [{string.Join(",", shape)}] of {DataTypes.NameOf(type)}, which takes {count * (UInt128)size} bytes, but its binary data has {data.Length}.");
        if (type == TensorElementType.Bool && data.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw RequestException.BadRequest($"The binary data of {where} holds a byte that is neither 0 nor 1; those are the values of BOOL.");
        TensorSize.Check(shape, type, limit, where);
        var tensor = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        if (data.Length > 0) data.CopyTo(tensor.GetTensorMutableRawData());
        return tensor;
    }

    /// <exception cref="RequestException">400: the type has no binary form.</exception>
    public static void Write(IBufferWriter<byte> buffer, OrtValue value, OrtTensorTypeAndShapeInfo info)
    {
        if (info.ElementDataType == TensorElementType.String)
        {
            Span<byte> length = stackalloc byte[LengthBytes];
            for (var i = 0; i < info.ElementCount; i++)
            {
                var text = value.GetStringElementAsSpan(i);
                BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)text.Length);
                buffer.Write(length);
                buffer.Write(text);
            }
            return;
        }
        if (DataTypes.SizeOf(info.ElementDataType) is null) throw RequestException.BadRequest($"An output has datatype {DataTypes.NameOf(info.ElementDataType)}, which cannot be sent; ask for other outputs.");
        if (info.ElementCount > 0) buffer.Write(value.GetTensorMutableRawData());
    }

    private static OrtValue ReadTexts(ReadOnlySpan<byte> data, UInt128 count, long[] shape, string where, long limit)
    {
        // Every element has a length, so that a count beyond the data is found before room is made for it.
        if (count * LengthBytes > (UInt128)data.Length) throw RequestException.BadRequest($"The {where} has shape [{string.Join(",", shape)}], which takes {count} elements, more than its {data.Length} bytes of binary data can hold.");
        TensorSize.Check(shape, TensorElementType.String, limit, where);
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        try
        {
            for (var i = 0; i < (int)count; i++)
            {
                if (data.Length < LengthBytes) throw RequestException.BadRequest($"The binary data of {where} ends before the length of element {i}.");
                var length = BinaryPrimitives.ReadUInt32LittleEndian(data);
                data = data[LengthBytes..];
                if (length > data.Length) throw RequestException.BadRequest($"Element {i} of {where} says it has {length} bytes, but {data.Length} are left of its binary data.");
                if (length > 0) tensor.StringTensorSetElementAt(data[..(int)length], i);
                data = data[(int)length..];
            }
            if (data.Length > 0) throw RequestException.BadRequest($"The binary data of {where} goes on for {data.Length} bytes after its last element.");
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }
}
