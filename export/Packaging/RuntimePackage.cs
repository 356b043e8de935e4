using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Packaging;

/// <summary>
/// The model as ONNX Runtime saves it: in its own format, optimised in ways that hold on every machine, or as ONNX with every
/// optimisation for this machine, layouts for its vector registers included. What was saved is opened and compared with the original.
/// Source: https://onnxruntime.ai/docs/performance/model-optimizations.
/// </summary>
internal sealed class RuntimePackage(bool forThisMachine) : IPackageWriter
{
    private const double Tolerance = 1e-4;

    public string Write(PackageSource source, string folder)
    {
        var path = Path.Combine(folder, forThisMachine ? "model.optimized.onnx" : "model.ort");
        var settings = new SessionSettings { Extensions = source.TakesFiles };
        Save(source, settings with { OptimizedModelPath = path, Optimization = forThisMachine ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_ENABLE_EXTENDED });
        Compare(source, path, settings);
        source.CopyCompanions(folder);
        return forThisMachine
            ? $"""
              `model.optimized.onnx` loads faster than the model that it was made of, and computes the same.

              **It is bound to what it was made with**: ONNX Runtime {Providers.Version} on the CPU, {RuntimeInformation.OSDescription} on {RuntimeInformation.ProcessArchitecture}, {VectorSets()}. Another version may refuse it,
              another processor may refuse it or run it slowly. Keep the original, and make this copy anew wherever one of these changes; load it with graph optimisations off.
              """
            : $"`model.ort` is in ONNX Runtime's own format, written by version {Providers.Version}: that version and later ones read it, reduced builds for phones and devices included. Keep `model.onnx`: other tools read only that.";
    }

    private static void Save(PackageSource source, SessionSettings settings)
    {
        try
        {
            using var session = SessionFactory.Create(source.Model.ToBytes(), settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new PackageException($"ONNX Runtime {Providers.Version} cannot save this model: {exception.Message}", exception);
        }
    }

    private static void Compare(PackageSource source, string path, SessionSettings settings)
    {
        using var original = ModelRunner.Open(source.Model, settings);
        using var saved = new ModelRunner(SessionFactory.Create(path, settings));
        if (saved.Metadata is null) throw new PackageException($"ONNX Runtime {Providers.Version} left the model's metadata out of {Path.GetFileName(path)}, without which it cannot be used.");
        var samples = Probe.Blank(source.Metadata, 2);
        var output = source.Metadata.Prediction ?? source.Metadata.Probabilities;
        var difference = original.Run(samples, output).Zip(saved.Run(samples, output), (a, b) => (double)Math.Abs(a - b)).Max();
        if (!(difference <= Tolerance)) throw new PackageException($"What ONNX Runtime {Providers.Version} saved differs from the model by {difference:g3} on blank samples; expected at most {Tolerance:g3}. Use the model itself.");
    }

    private static string VectorSets() => System.Runtime.Intrinsics.X86.Avx512F.IsSupported ? "AVX-512"
        : System.Runtime.Intrinsics.X86.Avx2.IsSupported ? "AVX2"
        : System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported ? "Neon" : "no vector instructions";
}
