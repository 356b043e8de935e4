namespace OnnxPipeline.Inference.Server.Browser;

/// <summary>onnxruntime-web, with which the page runs a model in the browser; set-up brings it (export/SecondRuntime/install.sh), and a build without it works.</summary>
internal static class BrowserRuntime
{
    /// <summary>What to do where it is missing, as the end of a sentence.</summary>
    public const string Missing = "this build has no onnxruntime-web; run export/SecondRuntime/install.sh and build again";

    /// <summary>All that the page may ask for, so that no address becomes a path.</summary>
    public static IReadOnlyList<(string Name, string ContentType)> Files { get; } =
    [
        ("ort.wasm.bundle.min.mjs", "text/javascript; charset=utf-8"),
        ("ort-wasm-simd-threaded.mjs", "text/javascript; charset=utf-8"),
        ("ort-wasm-simd-threaded.wasm", "application/wasm"),
    ];

    public static bool IsInstalled { get; } = Files.All(file => File.Exists(PathOf(file.Name)));

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "onnxruntime-web", name);
}
