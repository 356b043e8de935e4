using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Verification;

/// <summary>Any model in ONNX Runtime: named tensors in, named tensors out. Outputs that are no tensors are passed over.</summary>
internal sealed class GraphRunner : IDisposable
{
    /// <summary>Models of more weights than this are handed over as files, since a protobuf message ends at 2 GB.</summary>
    private const long MessageLimit = 1L << 30;

    /// <summary>Weights of at least so many bytes are put beside such a file.</summary>
    private const long ExternalBytes = 1024;

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();

    /// <exception cref="ExportException">ONNX Runtime does not load the model.</exception>
    public GraphRunner(Model model, GraphOptimizationLevel optimization, int threads = 0)
    {
        var settings = new SessionSettings { Optimization = optimization, Threads = threads, Spin = Spinning.Never, Extensions = model.Opsets.ContainsKey(Domains.Extensions) };
        try
        {
            _session = model.Graph.Initializers.Sum(t => t.ElementType.ByteLength(t.ElementCount)) < MessageLimit
                ? SessionFactory.Create(model.ToBytes(), settings)
                : FromFile(model, settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ExportException($"ONNX Runtime {Providers.Version} does not load the model '{model.Graph.Name}': {exception.Message}", exception);
        }
    }

    /// <exception cref="OnnxRuntimeException">The model does not run on these inputs.</exception>
    public unsafe Dictionary<string, Initializer> Run(IReadOnlyList<Initializer> feeds)
    {
        var used = feeds.Where(f => _session.InputNames.Contains(f.Name)).ToArray();
        var pins = Array.ConvertAll(used, f => f.ElementType == ElementType.String ? default : f.Bytes.Pin());
        var values = used.Select((f, i) => f.ElementType == ElementType.String ? StringTensor.Of(f.Strings, [.. f.Dims]) : OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, (TensorElementType)f.ElementType, [.. f.Dims], (nint)pins[i].Pointer, f.Bytes.Length)).ToArray();
        try
        {
            using var results = _session.Run(_options, [.. used.Select(f => f.Name)], values, _session.OutputNames);
            return _session.OutputNames.Zip(results).Where(r => r.Second.IsTensor).ToDictionary(r => r.First, r => ToInitializer(r.First, r.Second));
        }
        finally
        {
            foreach (var value in values) value.Dispose();
            foreach (var pin in pins) pin.Dispose();
        }
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private static InferenceSession FromFile(Model model, SessionSettings settings)
    {
        var folder = Directory.CreateTempSubdirectory("onnx-pipeline-").FullName;
        try
        {
            var path = Path.Combine(folder, "model.onnx");
            model.Save(path, new SaveOptions { ExternalDataThreshold = ExternalBytes });
            return SessionFactory.Create(path, settings);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Initializer ToInitializer(string name, OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        return info.ElementDataType == TensorElementType.String
            ? Initializer.OfStrings(name, value.GetStringTensorAsArray(), info.Shape)
            : Initializer.FromBytes(name, (ElementType)info.ElementDataType, info.ElementCount == 0 ? [] : value.GetTensorMutableRawData(), info.Shape);
    }
}
