using System.Numerics;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>
/// Tensors from and to JSON arrays. Read, they may be flat or nested as the shape is; written, they are flat, and a value that
/// JSON has no number for (NaN, infinity) is null.
/// </summary>
internal static class JsonTensors
{
    private delegate bool TryGet<T>(JsonElement element, out T value);

    /// <exception cref="RequestException">400: too few or too many elements, or one that is not of the type; 413: more than the limit's bytes.</exception>
    public static OrtValue Read(JsonElement data, TensorElementType type, long[] shape, string where, long limit)
    {
        CheckCount(data, shape, where);
        TensorSize.Check(shape, type, limit, where);
        var leaves = Leaves(data, IsNested(data) ? shape.Length - 1 : 0);
        return type switch
        {
            TensorElementType.Bool => Fill<bool>(leaves, shape, type, where, TryGetBool),
            TensorElementType.UInt8 => Fill<byte>(leaves, shape, type, where, (JsonElement e, out byte v) => e.TryGetByte(out v)),
            TensorElementType.UInt16 => Fill<ushort>(leaves, shape, type, where, (JsonElement e, out ushort v) => e.TryGetUInt16(out v)),
            TensorElementType.UInt32 => Fill<uint>(leaves, shape, type, where, (JsonElement e, out uint v) => e.TryGetUInt32(out v)),
            TensorElementType.UInt64 => Fill<ulong>(leaves, shape, type, where, (JsonElement e, out ulong v) => e.TryGetUInt64(out v)),
            TensorElementType.Int8 => Fill<sbyte>(leaves, shape, type, where, (JsonElement e, out sbyte v) => e.TryGetSByte(out v)),
            TensorElementType.Int16 => Fill<short>(leaves, shape, type, where, (JsonElement e, out short v) => e.TryGetInt16(out v)),
            TensorElementType.Int32 => Fill<int>(leaves, shape, type, where, (JsonElement e, out int v) => e.TryGetInt32(out v)),
            TensorElementType.Int64 => Fill<long>(leaves, shape, type, where, (JsonElement e, out long v) => e.TryGetInt64(out v)),
            TensorElementType.Float16 => Fill<Float16>(leaves, shape, type, where, TryGetHalf),
            TensorElementType.Float => Fill<float>(leaves, shape, type, where, (JsonElement e, out float v) => e.TryGetSingle(out v) && float.IsFinite(v)),
            TensorElementType.Double => Fill<double>(leaves, shape, type, where, (JsonElement e, out double v) => e.TryGetDouble(out v) && double.IsFinite(v)),
            TensorElementType.String => FillText(leaves, shape, where),
            _ => throw RequestException.BadRequest($"The {where} has datatype {DataTypes.NameOf(type)}, which JSON cannot carry."),
        };
    }

    public static void Write(Utf8JsonWriter json, OrtValue value, TensorElementType type)
    {
        json.WriteStartArray();
        switch (type)
        {
            case TensorElementType.Bool: foreach (var v in value.GetTensorDataAsSpan<bool>()) json.WriteBooleanValue(v); break;
            case TensorElementType.UInt8: WriteIntegers<byte>(json, value); break;
            case TensorElementType.UInt16: WriteIntegers<ushort>(json, value); break;
            case TensorElementType.UInt32: WriteIntegers<uint>(json, value); break;
            case TensorElementType.UInt64: foreach (var v in value.GetTensorDataAsSpan<ulong>()) json.WriteNumberValue(v); break;
            case TensorElementType.Int8: WriteIntegers<sbyte>(json, value); break;
            case TensorElementType.Int16: WriteIntegers<short>(json, value); break;
            case TensorElementType.Int32: WriteIntegers<int>(json, value); break;
            case TensorElementType.Int64: WriteIntegers<long>(json, value); break;
            case TensorElementType.Float16: foreach (var v in value.GetTensorDataAsSpan<Float16>()) WriteFloat(json, (float)v); break;
            case TensorElementType.Float: foreach (var v in value.GetTensorDataAsSpan<float>()) WriteFloat(json, v); break;
            case TensorElementType.Double:
                foreach (var v in value.GetTensorDataAsSpan<double>())
                {
                    if (double.IsFinite(v)) json.WriteNumberValue(v);
                    else json.WriteNullValue();
                }
                break;
            case TensorElementType.String: foreach (var v in value.GetStringTensorAsArray()) json.WriteStringValue(v); break;
            default: throw RequestException.BadRequest($"An output has datatype {DataTypes.NameOf(type)}, which JSON cannot carry; ask for other outputs.");
        }
        json.WriteEndArray();
    }

    /// <summary>Before anything is allocated: a shape may claim more elements than there is memory.</summary>
    private static void CheckCount(JsonElement data, long[] shape, string where)
    {
        if (IsNested(data))
        {
            CheckNesting(data, shape, 0, where);
            return;
        }
        var expected = TensorSize.Elements(shape);
        if (expected != (UInt128)data.GetArrayLength())
            throw RequestException.BadRequest($"The {where} has shape [{string.Join(",", shape)}], which takes {expected} elements, but its data has {data.GetArrayLength()}.");
    }

    private static void CheckNesting(JsonElement data, long[] shape, int axis, string where)
    {
        if (axis >= shape.Length || data.ValueKind != JsonValueKind.Array || data.GetArrayLength() != shape[axis])
            throw RequestException.BadRequest($"The nested data of {where} does not follow its shape [{string.Join(",", shape)}] at axis {axis}.");
        if (axis == shape.Length - 1) return;
        foreach (var inner in data.EnumerateArray()) CheckNesting(inner, shape, axis + 1, where);
    }

    private static OrtValue Fill<T>(IEnumerable<JsonElement> leaves, long[] shape, TensorElementType type, string where, TryGet<T> tryGet) where T : unmanaged
    {
        var tensor = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        try
        {
            var elements = tensor.GetTensorMutableDataAsSpan<T>();
            var at = 0;
            foreach (var leaf in leaves)
            {
                var fits = type == TensorElementType.Bool || leaf.ValueKind == JsonValueKind.Number;
                if (!fits || !tryGet(leaf, out elements[at])) throw Unfit(leaf, type, at, where);
                at++;
            }
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private static OrtValue FillText(IEnumerable<JsonElement> leaves, long[] shape, string where)
    {
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        try
        {
            var at = 0;
            foreach (var leaf in leaves)
            {
                if (leaf.ValueKind != JsonValueKind.String) throw Unfit(leaf, TensorElementType.String, at, where);
                tensor.StringTensorSetElementAt(leaf.GetString().AsSpan(), at++);
            }
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private static bool IsNested(JsonElement data) => data.GetArrayLength() > 0 && data[0].ValueKind == JsonValueKind.Array;

    private static IEnumerable<JsonElement> Leaves(JsonElement data, int depth) =>
        depth == 0 ? data.EnumerateArray() : data.EnumerateArray().SelectMany(inner => Leaves(inner, depth - 1));

    private static bool TryGetBool(JsonElement element, out bool value)
    {
        value = element.ValueKind == JsonValueKind.True;
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False;
    }

    private static bool TryGetHalf(JsonElement element, out Float16 value)
    {
        var read = element.TryGetSingle(out var single);
        value = (Float16)single;
        return read && Math.Abs(single) <= (float)Half.MaxValue;
    }

    private static void WriteIntegers<T>(Utf8JsonWriter json, OrtValue value) where T : unmanaged, IBinaryInteger<T>
    {
        foreach (var v in value.GetTensorDataAsSpan<T>()) json.WriteNumberValue(long.CreateChecked(v));
    }

    private static void WriteFloat(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }

    private static RequestException Unfit(JsonElement leaf, TensorElementType type, int at, string where)
    {
        const int longest = 40;
        var text = leaf.GetRawText();
        return RequestException.BadRequest($"Element {at} of {where} is {(text.Length > longest ? text[..longest] + "…" : text)}, which is no {DataTypes.NameOf(type)}.");
    }
}
