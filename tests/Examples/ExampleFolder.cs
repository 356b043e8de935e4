using OnnxPipeline.Inference;

namespace OnnxPipeline.Examples.Tests;

/// <summary>A model and images of three brightnesses, with what the library says of them.</summary>
internal sealed class ExampleFolder : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Predictor _predictor;

    public ExampleFolder()
    {
        System.IO.File.WriteAllBytes(Model, TestModels.Brightness());
        foreach (var value in (byte[])[0, 128, 255]) System.IO.File.WriteAllBytes(Image(value), TestModels.UniformPng(value));
        _predictor = Predictor.Open(Model);
    }

    public string Path => _folder.Path;

    public string Model => File("model.onnx");

    public string File(string name) => _folder.File(name);

    public string Image(byte value) => File($"{value}.png");

    public Prediction Expected(byte value) => _predictor.Predict(Image(value));

    public void Dispose()
    {
        _predictor.Dispose();
        _folder.Dispose();
    }
}
