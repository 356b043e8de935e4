using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Runtime;
using OnnxPipeline.Runtime.Images;
using OnnxPipeline.Training;
using OnnxPipeline.Training.TorchSharp;

namespace OnnxPipeline.Pipeline.Diagnosis;

/// <summary>ONNX Runtime: whether it loads and computes, its providers, image decoding, and the training engines.</summary>
internal static class RuntimeChecks
{
    private const string SetUp = "make setup";

    /// <summary>A PNG file of one grey pixel.</summary>
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mM4AQAAygDJNEIn8wAAAABJRU5ErkJggg==");

    private const byte PngPixel = 200;

    public static IEnumerable<Check> All()
    {
        yield return Doctor.Look("onnx runtime", CheckState.Missing, SetUp, () =>
        {
            OpenSession(Device.Cpu);
            return $"{Providers.Version} ({string.Join(", ", Providers.Available)})";
        });
        yield return Doctor.Look("image decoding", CheckState.Absent, SetUp, DecodeImage);
        yield return Doctor.Look($"engine {EngineFactory.Ort}", CheckState.Missing, SetUp, () => $"{EngineFactory.Version(new TrainOptions())}, the default");
        yield return TorchEngines.Absence is null
            ? Doctor.Look($"engine {EngineFactory.Torch}", CheckState.Missing, SetUp, () => $"{TorchEngines.Version}, {(TorchEngines.HasCuda ? "with CUDA" : "on the CPU")}")
            : new Check($"engine {EngineFactory.Torch}", CheckState.Absent, "not built in");
        yield return Cuda();
    }

    private static string DecodeImage()
    {
        var found = ImageDecoder.Decode(Png, channels: 1).Pixels[0];
        return found == PngPixel ? "ONNX Runtime Extensions decode a PNG" : throw new ImageException($"ONNX Runtime Extensions decoded a pixel of {PngPixel} as {found}");
    }

    private static Check Cuda()
    {
        const string name = "cuda";
        try
        {
            OpenSession(new Device(Device.CudaKind, 0));
            return new Check(name, CheckState.Ok, "the provider and a device are there");
        }
        catch (DeviceUnavailableException exception)
        {
            // The message has its own remedy, which depends on whether the provider or the device is wanting.
            return new Check(name, CheckState.Absent, exception.Message);
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException)
        {
            return new Check(name, CheckState.Absent, "not known, since ONNX Runtime does not load");
        }
    }

    /// <summary>Loads the smallest model there is.</summary>
    private static void OpenSession(Device device)
    {
        var graph = new Graph("doctor");
        graph.Inputs.Add(new Value("x", ElementType.Float, 1));
        graph.Outputs.Add(new Value("y", ElementType.Float, 1));
        graph.Nodes.Add(new Node(Ops.Identity, ["x"], ["y"]));
        using var _ = SessionFactory.Create(new Model(graph).ToBytes(), new SessionSettings { Device = device, Threads = 1 });
    }
}
