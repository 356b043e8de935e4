using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Inference.Server.Models;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>The response to an infer request: JSON, and after it the bytes of the outputs that were asked for so.</summary>
internal sealed class InferResponse
{
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly ArrayBufferWriter<byte> _binary = new();
    private readonly bool _isBinary;

    /// <param name="model">The model that ran.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="outputs">What the model gave, in the order asked for.</param>
    public InferResponse(ServedModel model, InferRequest request, IReadOnlyList<OrtValue> outputs)
    {
        _isBinary = request.Outputs.Any(output => output.Binary);
        using var json = new Utf8JsonWriter(_json);
        json.WriteStartObject();
        json.WriteString("model_name", model.Name);
        json.WriteString("model_version", model.Version.ToString(CultureInfo.InvariantCulture));
        if (request.Id is not null) json.WriteString("id", request.Id);
        json.WriteStartArray("outputs");
        for (var i = 0; i < outputs.Count; i++)
        {
            var asked = request.Outputs[i];
            if (asked.Classes == 0)
            {
                Write(json, asked, outputs[i]);
                continue;
            }
            using var named = Classification.Of(outputs[i], asked.Classes, model.LabelsOf(asked.Name));
            Write(json, asked, named);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public async Task SendAsync(HttpContext context)
    {
        context.Response.ContentType = _isBinary ? "application/octet-stream" : "application/json";
        context.Response.ContentLength = _json.WrittenCount + _binary.WrittenCount;
        if (_isBinary) context.Response.Headers[BinarySections.LengthHeader] = _json.WrittenCount.ToString(CultureInfo.InvariantCulture);
        // Head, JSON and bytes leave together.
        var body = context.Response.BodyWriter;
        body.Write(_json.WrittenSpan);
        body.Write(_binary.WrittenSpan);
        await body.FlushAsync(context.RequestAborted);
    }

    private void Write(Utf8JsonWriter json, RequestedOutput asked, OrtValue output)
    {
        var info = output.GetTensorTypeAndShape();
        json.WriteStartObject();
        json.WriteString("name", asked.Name);
        json.WriteString("datatype", DataTypes.NameOf(info.ElementDataType));
        json.WriteStartArray("shape");
        foreach (var size in info.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        if (asked.Binary)
        {
            var before = _binary.WrittenCount;
            BinaryTensors.Write(_binary, output, info);
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", _binary.WrittenCount - before);
            json.WriteEndObject();
        }
        else
        {
            json.WritePropertyName("data");
            JsonTensors.Write(json, output, info.ElementDataType);
        }
        json.WriteEndObject();
    }
}
