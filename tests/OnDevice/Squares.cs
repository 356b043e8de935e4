using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.OnDevice.Tests;

/// <summary>Images of noise with a bright square, whose place is the class: one of four corners, or the middle, which a model of four classes does not know.</summary>
internal static class Squares
{
    public const int Side = 8;
    public const int Classes = 4;
    public const int Middle = 4;
    public static readonly string[] Labels = ["north-west", "north-east", "south-west", "south-east"];
    private static readonly (int X, int Y)[] Places = [(0, 0), (5, 0), (0, 5), (5, 5), (3, 3)];

    /// <summary>Pixels, one image after the other, of classes 0, 1, 2 and so on in turn.</summary>
    public static (byte[] Pixels, long[] Labels) Draw(int count, int classes = Classes, ulong seed = 1)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling);
        var pixels = new byte[count * Side * Side];
        var labels = new long[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % classes;
            var image = pixels.AsSpan(i * Side * Side, Side * Side);
            foreach (ref var pixel in image) pixel = (byte)random.Next(120);
            var (x, y) = Places[labels[i]];
            for (var row = 0; row < 3; row++)
            {
                foreach (ref var pixel in image.Slice((y + row) * Side + x, 3)) pixel = (byte)(150 + random.Next(100));
            }
        }
        return (pixels, labels);
    }

    public static Model Mlp(bool batchNorm = false) => ModelRegistry.Build(new MlpOptions { Hidden = [16, 12], BatchNorm = batchNorm }, new ImageModelInput(1, Side, Side), Classes, 3);

    public static Model Cnn(double dropout = 0) => ModelRegistry.Build(new CnnOptions { Channels = [[4, 4], [8]], Dropout = dropout }, new ImageModelInput(1, Side, Side), Classes, 3);

    /// <summary>The model as it is deployed.</summary>
    public static Model Deployed(Model trained, ExportSettings? settings = null) => Exporter.Export(trained, settings ?? new ExportSettings { Labels = Labels }).Model;

    public static Dataset Dataset(string folder, int count)
    {
        var (pixels, labels) = Draw(count);
        DatasetWriter.Write(folder, new DatasetContent
        {
            Name = "squares",
            Labels = Labels,
            Train = new SampleSet([new SampleTensor(ImageModelInput.Name, DataKind.UInt8, [1, Side, Side], pixels)], labels),
        });
        return Datasets.Dataset.Open(folder);
    }

    public static OnDeviceBatch Batch(this OnDeviceTrainer trainer, int count, int classes = Classes, ulong seed = 1)
    {
        var (pixels, labels) = Draw(count, classes, seed);
        var batch = trainer.CreateBatch(count);
        pixels.CopyTo(batch.Input<byte>());
        labels.CopyTo(batch.Labels);
        return batch;
    }

    public static float[] Floats(this ReadOnlyMemory<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray();
}
