// Classifies image files: dotnet run --project examples/Console -- MODEL.onnx IMAGE…
using OnnxPipeline.Inference;

if (args.Length < 2)
{
    Console.Error.WriteLine("Expected a model and one or more images: MODEL.onnx IMAGE…");
    return 2;
}

using var model = Predictor.Open(args[0]); // labels and preprocessing come from the model
foreach (var path in args[1..])
{
    var best = model.Predict(path).Top;
    Console.WriteLine($"{path}: {best.Label} {best.Probability:P1}");
}
return 0;
