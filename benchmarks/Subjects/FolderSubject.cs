using System.Diagnostics;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Runtime;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A run over a folder of PNG files that writes their rows, or one half of its work alone, on all cores. A step is an image.</summary>
internal sealed class FolderSubject : IBenchmarkSubject
{
    private readonly Predictor _predictor;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("onnx-pipeline-bench-");
    private readonly string[] _files;
    private readonly Action<FolderSubject> _pass;

    private FolderSubject(string name, int files, int side, Action<FolderSubject> pass, int threads = 1, Spinning spin = Spinning.Never)
    {
        (Name, _pass) = (name, pass);
        _predictor = Predictor.Open(SmallCnn.Deployed(SmallCnn.Network()).ToBytes(), new PredictorOptions { Threads = threads, Spin = spin });
        _files = [.. Enumerable.Range(0, files).Select(i => Path.Combine(_folder.FullName, "images", $"{i:d5}.png"))];
        Directory.CreateDirectory(Path.GetDirectoryName(_files[0])!);
        foreach (var (i, file) in _files.Index()) File.WriteAllBytes(file, PngEncoder.Encode(Picture(i, side)));
        Run(files);
    }

    public string Name { get; }

    /// <param name="files">In the folder; a round is one run over it, or several.</param>
    /// <param name="side">Of an image, in pixels.</param>
    public static FolderSubject Whole(int files, int side) => new("folder run", files, side, subject => subject.Classify());

    /// <inheritdoc cref="Whole"/>
    public static FolderSubject Decoding(int files, int side) => new("reading and decoding alone", files, side, subject => subject.Decode());

    /// <summary>As fast as it runs: alone, it may keep the cores busy.</summary>
    /// <inheritdoc cref="Whole"/>
    public static FolderSubject Model(int files, int side) => new("model alone", files, side, subject => subject.Predict(), threads: 0, Spinning.Always);

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var done = 0; done < steps; done += _files.Length) _pass(this);
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
        if (summary.Done != _files.Length) throw new InvalidOperationException($"{summary.Done} of {_files.Length} images were classified.");
    }

    private void Decode() => Parallel.ForEach(_files, () => new byte[_predictor.PixelCount], (file, _, pixels) =>
    {
        _predictor.Decode(File.ReadAllBytes(file), pixels);
        return pixels;
    }, _ => { });

    private void Predict()
    {
        var batch = new FolderOptions().BatchSize;
        var pixels = SmallCnn.Pixels(batch);
        var probabilities = new float[batch * _predictor.Labels.Count];
        for (var done = 0; done < _files.Length; done += batch) _predictor.PredictPixels(pixels, probabilities);
    }

    /// <summary>A shaded disc on black; of 28 pixels, as large a file as one of Fashion-MNIST's.</summary>
    private static Image Picture(int number, int side)
    {
        var pixels = new byte[side * side];
        var radius = side * (6 + (number % 8)) / 28;
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
