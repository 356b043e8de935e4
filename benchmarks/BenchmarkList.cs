using OnnxPipeline.Benchmarks.Subjects;

namespace OnnxPipeline.Benchmarks;

/// <summary>Every benchmark there is.</summary>
internal static class BenchmarkList
{
    public static readonly IReadOnlyList<Benchmark> All =
    [
        new("mlp", "Training step of the MLP 784-128-64-10, batch 32, Adam", Unit.StepsPerSecond, 1000,
            TrainingSubject.Mlp, PyTorch("torch_mlp.py")),
        new("on-device", "The same with AdamW, by a bundle as an app trains it: optimizer in the graph, ONNX Runtime alone", Unit.StepsPerSecond, 1000,
            () => new OnDeviceSubject(), PyTorch("torch_mlp.py", "AdamW")),
        new("cnn", "Training step of six 3x3 convolutions (32,32,64,64,128,128) with BatchNorm and three poolings, 3x32x32, batch 128, SGD", Unit.MillisecondsPerStep, 3,
            TrainingSubject.Cnn, PyTorch("torch_cnn.py")),
        new("resnet18", "Training step of ResNet-18 for 3x32x32, batch 64, SGD", Unit.MillisecondsPerStep, 1,
            TrainingSubject.ResNet18, PyTorch("torch_resnet18.py")),
        new("adam", "Adam step of the MLP 784-128-64-10 (109,386 weights), gradients given", Unit.MicrosecondsPerStep, 500,
            () => new FusedAdamSubject(784, 128, 64, 10), PyTorch("torch_adam.py")),
        new("augment", "Left-right flip, crop with 4 pixels of padding and cutout of 8x8 on 3x32x32 images, shuffled, in batches of 100", Unit.ImagesPerSecond, 50_000,
            () => new AugmentationSubject()),
        new("export", "One image by the exported network of the default recipe, beside its trained graph, one thread", Unit.MicrosecondsPerStep, 500,
            () => InferenceSubject.Exported(1), InferenceSubject.Trained, InferenceSubject.TrainedOptimized),
        new("prune", "One image by the default recipe's network without half of its channels, beside the whole, one thread", Unit.MicrosecondsPerStep, 500,
            () => InferenceSubject.Pruned(1), () => InferenceSubject.Exported(1)),
        new("prune-batch", "The same with 32 images a run", Unit.MicrosecondsPerStep, 50,
            () => InferenceSubject.Pruned(32), () => InferenceSubject.Exported(32)),
        new("library", "One image of raw pixels by the library, beside a bare InferenceSession.Run, one thread", Unit.MicrosecondsPerStep, 1000,
            () => new PredictorSubject(1), () => InferenceSubject.Exported(1)),
        new("library-batch", "The same with 32 images a run", Unit.MicrosecondsPerStep, 100,
            () => new PredictorSubject(32), () => InferenceSubject.Exported(32)),
        Folder("folder", files: 5000, side: 28),
        Folder("folder-photos", files: 2000, side: 256),
        new("passes", "Passes to a deployable model over a ResNet-50-shaped graph (25.6 million weights)", Unit.MillisecondsPerStep, 1,
            () => new PassesSubject()),
        Serve("serve", images: 1),
        Serve("serve-batch", images: 8),
        new("start-serve", "From 'pipeline serve' of the default recipe's network to ready", Unit.MillisecondsPerStep, 1, StartSubject.Serve),
        new("start-predict", "'pipeline predict' of one image, the whole process", Unit.MillisecondsPerStep, 1, StartSubject.Predict),
    ];

    /// <summary>Our server beside the library alone, and beside Node's with one process and with as many as there are cores.</summary>
    private static Benchmark Serve(string name, int images) => new(
        name, $"Requests of {images} image{(images == 1 ? "" : "s")} to the default recipe's network: KServe V2 with binary tensors, 64 connections from a process of their own", Unit.ImagesPerSecond, 20_000,
        () => ServerSubject.Ours(images), () => new BatchSubject(32), () => ServerSubject.Node(images, 1), () => ServerSubject.Node(images, Environment.ProcessorCount));

    /// <summary>A run over a folder beside its two halves; the slower half is the bar.</summary>
    private static Benchmark Folder(string name, int files, int side) => new(
        name, $"A run over a folder of {files} grey PNG files of {side}x{side}, rows written, beside its two halves alone, all cores", Unit.ImagesPerSecond, files,
        () => FolderSubject.Whole(files, side), () => FolderSubject.Decoding(files, side), () => FolderSubject.Model(files, side));

    /// <summary>A program of peers/, with one thread and with as many as there are cores.</summary>
    private static Func<IBenchmarkSubject>[] PyTorch(string script, params string[] arguments) =>
        [.. new[] { 1, Environment.ProcessorCount }.Distinct().Select(threads => (Func<IBenchmarkSubject>)(() => PeerProcess.Start(script, threads, arguments)))];
}
