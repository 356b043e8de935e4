using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Tests;

/// <summary>Runs models in ONNX Runtime without its own optimisations, so that a difference is the pass's.</summary>
internal static class Reference
{
    private static readonly SessionSettings Plain = new() { Threads = 1, Spin = false, Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL };

    /// <summary>Random tensors for the required inputs, with <paramref name="batch"/> for every axis that has no size.</summary>
    public static List<Initializer> RandomFeeds(Model model, int batch = 2, ulong seed = 7)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling);
        var feeds = new List<Initializer>();
        foreach (var input in model.Graph.RequiredInputs)
        {
            var type = input.Type!.Value;
            var feed = Initializer.Zeros(input.Name, type.Element, type.Shape!.Select(d => d.Size ?? batch));
            if (type.Element == ElementType.UInt8) foreach (ref var value in feed.Span<byte>()) value = (byte)random.Next(256);
            else foreach (ref var value in feed.Span<float>()) value = (float)random.NextNormal();
            feeds.Add(feed);
        }
        return feeds;
    }

    /// <summary>The model's outputs by name.</summary>
    public static unsafe Dictionary<string, Initializer> Run(Model model, IReadOnlyList<Initializer> feeds)
    {
        using var session = SessionFactory.Create(model.ToBytes(), Plain);
        var used = feeds.Where(f => session.InputNames.Contains(f.Name)).ToArray();
        var pins = used.Select(f => f.ElementType == ElementType.String ? default : f.Bytes.Pin()).ToArray();
        var values = used.Select((f, i) => f.ElementType == ElementType.String ? OfStrings(f) : OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, (TensorElementType)f.ElementType, [.. f.Dims], (nint)pins[i].Pointer, f.Bytes.Length)).ToArray();
        using var options = new RunOptions();
        using var results = session.Run(options, [.. used.Select(f => f.Name)], values, session.OutputNames);
        var outputs = new Dictionary<string, Initializer>();
        foreach (var (name, result) in session.OutputNames.Zip(results))
        {
            if (!result.IsTensor) continue;
            var info = result.GetTensorTypeAndShape();
            if (info.ElementDataType == TensorElementType.String) outputs[name] = Initializer.OfStrings(name, result.GetStringTensorAsArray());
            else outputs[name] = Initializer.FromBytes(name, (ElementType)info.ElementDataType, info.ElementCount == 0 ? [] : result.GetTensorMutableRawData(), info.Shape);
        }
        foreach (var value in values) value.Dispose();
        foreach (var pin in pins) pin.Dispose();
        return outputs;
    }

    private static OrtValue OfStrings(Initializer feed)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [.. feed.Dims]);
        for (var i = 0; i < feed.Strings.Count; i++) value.StringTensorSetElementAt(feed.Strings[i].AsSpan(), i);
        return value;
    }
}
