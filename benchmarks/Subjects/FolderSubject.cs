using System.Diagnostics;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A run over a folder of PNG files that writes their rows, or one half of its work alone, on all cores. A step is an image.</summary>
internal sealed class FolderSubject : IBenchmarkSubject
{
    /// <summary>In the folder; a round is one run over it, or several.</summary>
    public const int Files = 5000;

    private readonly Predictor _predictor = Predictor.Open(InferenceSubject.ExportedNetwork().ToBytes());
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("onnx-pipeline-bench-");
    private readonly string[] _files;
    private readonly Action<FolderSubject> _pass;

    private FolderSubject(string name, Action<FolderSubject> pass)
    {
        (Name, _pass) = (name, pass);
        _files = [.. Enumerable.Range(0, Files).Select(i => Path.Combine(_folder.FullName, "images", $"{i:d5}.png"))];
        Directory.CreateDirectory(Path.GetDirectoryName(_files[0])!);
        foreach (var (i, file) in _files.Index()) File.WriteAllBytes(file, PngEncoder.Encode(Picture(i)));
        Run(Files);
    }

    public string Name { get; }

    public static FolderSubject Whole() => new("folder run", subject => subject.Classify());

    public static FolderSubject Decoding() => new("reading and decoding alone", subject => subject.Decode());

    public static FolderSubject Model() => new("model alone", subject => subject.Predict());

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var done = 0; done < steps; done += Files) _pass(this);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _predictor.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Classify()
    {
        var rows = Path.Combine(_folder.FullName, "rows.csv");
        File.Delete(rows);
        var summary = new FolderJob(_predictor, new FolderJobOptions { Inputs = new() { Paths = [Path.GetDirectoryName(_files[0])!] }, OutputPath = rows }).RunAsync().GetAwaiter().GetResult();
        if (summary.Done != Files) throw new InvalidOperationException($"{summary.Done} of {Files} images were classified.");
    }

    private void Decode() => Parallel.ForEach(_files, () => new byte[_predictor.PixelCount], (file, _, pixels) =>
    {
        _predictor.Decode(File.ReadAllBytes(file), pixels);
        return pixels;
    }, _ => { });

    private void Predict()
    {
        var batch = new FolderOptions().BatchSize;
        var pixels = InferenceSubject.RandomPixels(batch);
        var probabilities = new float[batch * _predictor.Labels.Count];
        for (var done = 0; done < Files; done += batch) _predictor.PredictPixels(pixels, probabilities);
    }

    /// <summary>A shaded disc on black, as large a file as one of Fashion-MNIST's.</summary>
    private static Image Picture(int number)
    {
        const int side = InferenceSubject.Side;
        var pixels = new byte[side * side];
        var radius = 6 + (number % 8);
        for (var (y, i) = (0, 0); y < side; y++)
        {
            for (var x = 0; x < side; x++, i++)
            {
                var (dx, dy) = (x - (side / 2), y - (side / 2));
                if ((dx * dx) + (dy * dy) < radius * radius) pixels[i] = (byte)((x * 7) + (y * number) + (x * y));
            }
        }
        return new Image(side, side, 1, pixels);
    }
}
