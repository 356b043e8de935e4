using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>A small deployed classifier of random weights, and images whose labels are what it answers, so that it is always right and whatever is done to it shows.</summary>
internal static class AnsweredImages
{
    public const int Side = 8;
    private static readonly string[] Labels = ["top", "middle", "bottom"];

    /// <summary>The model in training's form.</summary>
    public static Model Trained() => ModelRegistry.Build(new CnnOptions { Channels = [[8], [16]], Hidden = 16 }, new ImageModelInput(1, Side, Side) { Mean = [0.4f], Std = [0.2f] }, ModelOutput.Classes(Labels.Length), seed: 4);

    /// <summary>Writes "model.onnx", "trained.onnx" and the dataset "answered".</summary>
    public static void Write(TempFolder folder)
    {
        Trained().Save(folder.File("trained.onnx"));
        Exporter.Export(Trained(), new ExportSettings { Labels = Labels }).Model.Save(folder.File("model.onnx"));
        var (train, validation, test) = (Pixels(120, 1), Pixels(90, 2), Pixels(90, 3));
        var draft = Directory.CreateDirectory(folder.File("draft")).FullName;
        Write(draft, Set(train, new long[120]), Set(validation, new long[90]), Set(test, new long[90]));
        using var model = DeployedModel.Open(folder.File("model.onnx"));
        using var data = Dataset.Open(draft);
        Write(Directory.CreateDirectory(folder.File("answered")).FullName, Set(train, Answers(model, data, data.Train)), Set(validation, Answers(model, data, data.Validation)), Set(test, Answers(model, data, data.Test)));
    }

    /// <summary>Writes images as files into a folder, by class where <paramref name="classes"/> are given.</summary>
    public static void WriteFiles(string folder, int count, int side, int channels, params string[] classes)
    {
        var random = new Random(6);
        for (var i = 0; i < count; i++)
        {
            var place = classes.Length == 0 ? folder : Path.Combine(folder, classes[i % classes.Length]);
            var pixels = new byte[side * side * channels];
            random.NextBytes(pixels);
            File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(place).FullName, $"{i:000}.png"), PngEncoder.Encode(new Image(side, side, channels, pixels)));
        }
    }

    private static void Write(string folder, SampleSet train, SampleSet validation, SampleSet test) =>
        DatasetWriter.Write(folder, new DatasetContent { Name = "answered", Labels = Labels, Train = train, Validation = validation, Test = test });

    private static long[] Answers(DeployedModel model, Dataset data, DatasetSplit split)
    {
        var outputs = new float[split.Count * Labels.Length];
        model.Run(data, split, 0, split.Count, outputs);
        return [.. outputs.Chunk(Labels.Length).Select(row => (long)Array.IndexOf(row, row.Max()))];
    }

    private static SampleSet Set(byte[] pixels, long[] labels) => new([new SampleTensor("image", DataKind.UInt8, [1, Side, Side], pixels)], labels);

    /// <summary>Soft blobs, so that the answers differ.</summary>
    private static byte[] Pixels(int count, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[count * Side * Side];
        for (var i = 0; i < count; i++)
        {
            var (x, y, size) = (random.NextDouble() * Side, random.NextDouble() * Side, 1 + 3 * random.NextDouble());
            for (var p = 0; p < Side * Side; p++)
            {
                var (dx, dy) = (p % Side - x, p / Side - y);
                pixels[i * Side * Side + p] = (byte)(230 * Math.Exp(-(dx * dx + dy * dy) / (size * size)) + random.Next(25));
            }
        }
        return pixels;
    }
}
