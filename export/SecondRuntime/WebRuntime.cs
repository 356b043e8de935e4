using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.SecondRuntime;

/// <summary>
/// onnxruntime-web in Node.js: ONNX Runtime compiled to WebAssembly, with kernels of its own for a machine without threads and wide
/// registers. That it gives the same classes says that an export does not depend on the one runtime it was made with.
/// </summary>
public static class WebRuntime
{
    private const int BatchSize = 16;
    private const string Script = "SecondRuntime/run.mjs";

    /// <summary>What a page or a script needs of it.</summary>
    public static IReadOnlyList<string> Files { get; } = ["ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];

    /// <summary>Where set-up has put onnxruntime-web (export/SecondRuntime/install.sh).</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "onnxruntime-web");

    /// <summary>The package, for example "onnxruntime-web 1.30.0"; null where this build has none.</summary>
    public static string? Package { get; } = Files.All(file => File.Exists(Path.Combine(Folder, file)))
        ? Path.GetFileNameWithoutExtension(File.ReadAllText(Path.Combine(Folder, "packages.sha512")).Trim().Split("  ")[1]).Replace("web-", "web ", StringComparison.Ordinal) : null;

    /// <summary>Why nothing can be run here; null if it can.</summary>
    public static string? Unavailable { get; } =
        Package is null ? "this build has no onnxruntime-web: run export/SecondRuntime/install.sh and build again"
        : Node() is null ? "Node.js, which runs onnxruntime-web, is not installed"
        : null;

    /// <summary>Runs a deployed model on the first samples in both runtimes.</summary>
    /// <param name="deploy">The model.</param>
    /// <param name="samples">Held-out samples.</param>
    /// <param name="count">How many of them.</param>
    /// <param name="options">The limits that a difference, and the agreement, must keep to.</param>
    /// <exception cref="ExportException">onnxruntime-web does not load or run the model.</exception>
    public static RuntimeComparison Compare(Model deploy, HeldOutSamples samples, int count, VerifyOptions options)
    {
        if (Unavailable is { } reason) return RuntimeComparison.NotRun(reason);
        using var runner = ModelRunner.Open(deploy, new SessionSettings());
        if (runner.TakesFiles) return RuntimeComparison.NotRun("the model decodes image files, and onnxruntime-web has no DecodeImage");
        count = Math.Min(count, samples.Count);
        var output = runner.Metadata?.Prediction ?? runner.Metadata?.Probabilities ?? runner.Outputs[0];
        var batch = samples.Deployed(0, count);
        var expected = ReferenceAnswers.Rows(runner.Run(batch, output), count);
        var actual = ReferenceAnswers.Rows(Run(deploy, runner.Inputs(batch), count, output), count);
        if (expected[0].Length != actual[0].Length) throw new ExportException($"onnxruntime-web gives {actual[0].Length} values a sample where ONNX Runtime gives {expected[0].Length}.");

        var largest = expected.Zip(actual).Max(row => row.First.Zip(row.Second, (a, b) => Math.Abs(a - b)).Max()) / options.Scale;
        var agreement = expected.Zip(actual).Count(row => Array.IndexOf(row.First, row.First.Max()) == Array.IndexOf(row.Second, row.Second.Max())) / (double)count;
        var passed = agreement >= options.MinAgreement && (samples.Labels.Length > 0 || largest <= options.Tolerance);
        return new RuntimeComparison($"{Package} (WebAssembly) in Node.js", passed, count, largest, agreement, null);
    }

    private static float[] Run(Model model, IReadOnlyList<SampleInput> inputs, int count, string output)
    {
        var work = Directory.CreateTempSubdirectory("onnx-pipeline-web-");
        try
        {
            string File(string name) => Path.Combine(work.FullName, name);
            System.IO.File.WriteAllBytes(File("model.onnx"), model.ToBytes());
            using (var resource = typeof(WebRuntime).Assembly.GetManifestResourceStream(Script)!)
            using (var script = System.IO.File.Create(File("run.mjs"))) resource.CopyTo(script);
            var request = new WebRequest(Folder, File("model.onnx"), output, count, BatchSize, File("result"), [.. inputs.Select((input, i) => Write(input, File($"input{i}")))]);
            System.IO.File.WriteAllBytes(File("request.json"), JsonSerializer.SerializeToUtf8Bytes(request, WebRequestJson.Default.WebRequest));
            Start(File("run.mjs"), File("request.json"));
            return MemoryMarshal.Cast<byte, float>(System.IO.File.ReadAllBytes(File("result"))).ToArray();
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static WebInput Write(SampleInput input, string file)
    {
        switch (input.Values)
        {
            case byte[] bytes: File.WriteAllBytes(file, bytes); break;
            case float[] floats: File.WriteAllBytes(file, MemoryMarshal.AsBytes(floats.AsSpan())); break;
            case string[] words: File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(words, WebRequestJson.Default.StringArray)); break;
            default: throw new NotSupportedException($"Samples of {input.Values.GetType()} cannot be run in onnxruntime-web.");
        }
        return new WebInput(input.Name!, input.Values switch { byte[] => "uint8", float[] => "float32", _ => "string" }, input.ItemShape, file);
    }

    private static void Start(string script, string request)
    {
        var start = new ProcessStartInfo(Node()!) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(request);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new ExportException($"{Package} in Node.js does not run the exported model: {(error.Length > 0 ? error : output.Result).Trim()} Leave it out with export.secondRuntime: false.");
    }

    private static string? Node() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => (string[])[Path.Combine(folder, "node"), Path.Combine(folder, "node.exe")]).FirstOrDefault(File.Exists);
}
