// An exported image model as the last step of an ML.NET pipeline: dotnet run --project examples/MLNet -p:MLNet=true -- MODEL.onnx SIDE IMAGE…
// For a grey model of SIDE x SIDE pixels, such as those of Fashion-MNIST and MNIST with 28.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

if (args.Length < 3 || !int.TryParse(args[1], out var side))
{
    Console.Error.WriteLine("Expected a model, the side of its images in pixels, and images: MODEL.onnx SIDE IMAGE…");
    return 2;
}

var ml = new MLContext();
var images = ml.Data.LoadFromEnumerable(args[2..].Select(path => new ImagePath { Path = Path.GetFullPath(path) }));
var pipeline = ml.Transforms.LoadImages("bitmap", imageFolder: null, nameof(ImagePath.Path))
    .Append(ml.Transforms.ResizeImages("bitmap", side, side, resizing: ImageResizingEstimator.ResizingKind.Fill))
    .Append(ml.Transforms.ConvertToGrayscale("bitmap"))
    // The exported model takes bytes and normalises them itself.
    .Append(ml.Transforms.ExtractPixels("image", "bitmap", ImagePixelExtractingEstimator.ColorBits.Red, outputAsFloatArray: false))
    .Append(ml.Transforms.ApplyOnnxModel("probabilities", "image", args[0], new Dictionary<string, int[]> { ["image"] = [1, 1, side, side] }));

var answers = ml.Data.CreateEnumerable<Answer>(pipeline.Fit(images).Transform(images), reuseRowObject: false);
foreach (var (path, answer) in args[2..].Zip(answers))
{
    var best = Array.IndexOf(answer.Probabilities, answer.Probabilities.Max());
    Console.WriteLine($"{path}: class {best} {answer.Probabilities[best]:P1}");
}
return 0;

internal sealed class ImagePath
{
    public string Path { get; set; } = "";
}

internal sealed class Answer
{
    [ColumnName("probabilities")]
    public float[] Probabilities { get; set; } = [];
}
