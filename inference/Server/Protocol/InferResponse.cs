using System.Buffers;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>Writes the response to an infer request.</summary>
internal static class InferResponse
{
    public static ReadOnlyMemory<byte> Write(string model, string? id, IReadOnlyList<string> names, IReadOnlyList<OrtValue> outputs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model_name", model);
            json.WriteString("model_version", "1");
            if (id is not null) json.WriteString("id", id);
            json.WriteStartArray("outputs");
            for (var i = 0; i < names.Count; i++)
            {
                var info = outputs[i].GetTensorTypeAndShape();
                json.WriteStartObject();
                json.WriteString("name", names[i]);
                json.WriteString("datatype", DataTypes.NameOf(info.ElementDataType));
                json.WriteStartArray("shape");
                foreach (var size in info.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WritePropertyName("data");
                JsonTensors.Write(json, outputs[i], info.ElementDataType);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
