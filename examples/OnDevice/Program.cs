// Teaches a model images of classes that it knows or does not: dotnet run --project examples/OnDevice -- BUNDLE FOLDER OUT.onnx
// FOLDER has a folder of images for each class, named as it.
using OnnxPipeline.OnDevice;
using OnnxPipeline.Runtime.Images;

const int Passes = 60;
if (args.Length != 3)
{
    Console.Error.WriteLine("Expected a bundle, a folder of images by class, and where the model goes: BUNDLE FOLDER OUT.onnx");
    return 2;
}

using var trainer = OnDeviceTrainer.Open(args[0]);
var image = trainer.Image ?? throw new InvalidOperationException("The bundle is of a model that takes no images.");

// Every third image of a class is held out, to see what the model makes of what it has not learnt from.
List<(byte[] Pixels, long Label)> learnt = [], held = [];
foreach (var folder in Directory.GetDirectories(args[1]).Order())
{
    var name = Path.GetFileName(folder);
    var known = trainer.Classes.ToList().IndexOf(name);
    var label = known >= 0 ? known : trainer.AddClass(name);
    foreach (var (i, file) in Directory.GetFiles(folder).Order().Index()) (i % 3 == 2 ? held : learnt).Add((Read(file), label));
}

if (held.Count == 0)
{
    Console.Error.WriteLine($"{args[1]} has too few images: expected a folder for each class, with three or more images in it.");
    return 1;
}

Console.WriteLine($"before: {Accuracy():P0} of {held.Count} held-out images");
using (var batch = trainer.CreateBatch(Math.Min(16, learnt.Count)))
{
    var random = new Random(1);
    for (var pass = 0; pass < Passes; pass++)
    {
        foreach (var some in learnt.OrderBy(_ => random.Next()).Chunk(batch.Count).Where(some => some.Length == batch.Count))
        {
            Fill(batch, some);
            trainer.TrainStep(batch);
        }
    }
}
Console.WriteLine($"after {trainer.Step} steps: {Accuracy():P0}");
trainer.Export(args[2]); // a plain model: any ONNX Runtime runs it, and Predictor.Open finds the new classes in it
return 0;

byte[] Read(string file)
{
    var pixels = new byte[image.Channels * image.Height * image.Width];
    ImageResizer.Resize(ImageDecoder.Decode(File.ReadAllBytes(file), image.Channels, source: file), image.Width, image.Height).CopyToChw(pixels);
    return pixels;
}

void Fill(OnDeviceBatch batch, IReadOnlyList<(byte[] Pixels, long Label)> samples)
{
    for (var i = 0; i < samples.Count; i++)
    {
        samples[i].Pixels.CopyTo(batch.Input<byte>()[(i * samples[i].Pixels.Length)..]);
        batch.Labels[i] = samples[i].Label;
    }
}

double Accuracy()
{
    using var batch = trainer.CreateBatch(held.Count);
    Fill(batch, held);
    return trainer.Evaluate(batch).Accuracy;
}
