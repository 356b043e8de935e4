// The three most probable classes of an image, by a native program: dotnet publish examples/NativeAot -o out && out/classify MODEL.onnx IMAGE
using System.Diagnostics;
using OnnxPipeline.Inference;

if (args is not [var modelPath, var imagePath])
{
    Console.Error.WriteLine("Expected a model and an image: MODEL.onnx IMAGE");
    return 2;
}

var start = Stopwatch.GetTimestamp();
using var model = Predictor.Open(modelPath);
foreach (var best in model.Predict(imagePath).Best(3)) Console.WriteLine($"{best.Probability,8:P2}  {best.Label}");
Console.Error.WriteLine($"Loaded and answered in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms.");
return 0;
