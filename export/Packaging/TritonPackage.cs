using System.Globalization;
using System.Text;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Packaging;

/// <summary>
/// A model repository for NVIDIA Triton Inference Server, which KServe serves too: NAME/config.pbtxt and NAME/1/model.onnx, with
/// dynamic batching. Source: the protocol buffer ModelConfig, https://github.com/triton-inference-server/common, model_config.proto.
/// </summary>
internal sealed class TritonPackage : IPackageWriter
{
    private const int MaxBatch = 64;
    private const int MaxQueueMicroseconds = 500;
    private const string LabelsFile = "labels.txt";

    public string Write(PackageSource source, string folder)
    {
        var model = Path.Combine(folder, source.Name);
        Directory.CreateDirectory(Path.Combine(model, "1"));
        source.CopyModel(Path.Combine(model, "1", "model.onnx"));
        source.CopyCompanions(folder);
        if (source.Metadata.Labels.Count > 0) File.WriteAllLines(Path.Combine(model, LabelsFile), source.Metadata.Labels.Select(label => label.ReplaceLineEndings(" ")));
        File.WriteAllText(Path.Combine(model, "config.pbtxt"), Config(source));
        return $"A model repository: `tritonserver --model-repository=DIR`, DIR being this folder; KServe takes its address as `storageUri`. {(source.TakesFiles
            ? "The model decodes image files itself: put the library of ONNX Runtime Extensions (libortextensions.so) beside `1/model.onnx`, and check files before they are sent, since its JPEG decoder ends the process on some damaged ones."
            : $"Requests are batched up to {MaxBatch} samples.")}";
    }

    internal static string Config(PackageSource source)
    {
        // A file decoded in the graph comes alone.
        var batched = !source.TakesFiles;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"name: {Quote(source.Name)}\nplatform: \"onnxruntime_onnx\"\nmax_batch_size: {(batched ? MaxBatch : 0)}\n");
        foreach (var input in source.Model.Graph.Inputs) Tensor(text, "input", input, batched, null);
        foreach (var output in source.Model.Graph.Outputs) Tensor(text, "output", output, batched, output.Name == source.Metadata.Probabilities && source.Metadata.Labels.Count > 0 ? LabelsFile : null);
        if (batched) text.Append(CultureInfo.InvariantCulture, $"dynamic_batching {{ max_queue_delay_microseconds: {MaxQueueMicroseconds} }}\n");
        else text.Append("model_operations { op_library_filename: \"libortextensions.so\" }\n");
        return text.ToString();
    }

    private static void Tensor(StringBuilder text, string kind, Value value, bool batched, string? labels)
    {
        var type = value.Type ?? throw new PackageException($"The {kind} '{value.Name}' is no tensor; Triton serves tensors.");
        long[] dims = [.. type.Shape!.Skip(batched ? 1 : 0).Select(d => d.Size ?? -1)];
        text.Append(CultureInfo.InvariantCulture, $"{kind} {{\n  name: {Quote(value.Name)}\n  data_type: {TypeOf(value, type.Element)}\n");
        // A batch of single values has no axis left, and a configuration must name one.
        text.Append(dims.Length > 0 ? $"  dims: [ {string.Join(", ", dims)} ]\n" : "  dims: [ 1 ]\n  reshape { shape: [ ] }\n");
        if (labels is not null) text.Append(CultureInfo.InvariantCulture, $"  label_filename: {Quote(labels)}\n");
        text.Append("}\n");
    }

    private static string TypeOf(Value value, ElementType element) => element switch
    {
        ElementType.UInt8 => "TYPE_UINT8",
        ElementType.Float => "TYPE_FP32",
        ElementType.Float16 => "TYPE_FP16",
        ElementType.Int64 => "TYPE_INT64",
        ElementType.String => "TYPE_STRING",
        _ => throw new PackageException($"'{value.Name}' is {element}, which deployed models do not have; expected UInt8, Float, Float16, Int64 or String."),
    };

    /// <summary>A string of protobuf's text format: bytes beyond ASCII and controls in octal.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is (byte)'"' or (byte)'\\') quoted.Append('\\').Append((char)b);
            else if (b is < 0x20 or >= 0x7f) quoted.Append('\\').Append(Convert.ToString(b, 8).PadLeft(3, '0'));
            else quoted.Append((char)b);
        }
        return quoted.Append('"').ToString();
    }
}
