using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>A loaded model under its name. Any ONNX model answers tensors; only an image classifier answers images.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly Predictor? _predictor;
    private readonly string? _whyNoImages;

    private ServedModel(string name, ModelSession session, Predictor? predictor, string? whyNoImages)
    {
        Name = name;
        Session = session;
        _predictor = predictor;
        _whyNoImages = whyNoImages;
    }

    public string Name { get; }

    public ModelSession Session { get; }

    public bool TakesImages => _predictor is not null;

    /// <summary>The model as an image classifier.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public Predictor Predictor => _predictor ?? throw RequestException.BadRequest($"Model '{Name}' cannot answer /predict. {_whyNoImages} Its tensors are answered at /v2/models/{Name}/infer.");

    public static ServedModel Load(ServedModelOptions model, ServerOptions options)
    {
        var predictorOptions = options.Predictor with { Limits = options.Images };
        var session = ModelSession.Open(model.Path, new() { Device = predictorOptions.Device, Threads = predictorOptions.Threads });
        try
        {
            return new ServedModel(model.Name, session, new Predictor(session, predictorOptions), null);
        }
        catch (ModelException exception)
        {
            return new ServedModel(model.Name, session, null, exception.Message);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _predictor?.Dispose();
        Session.Dispose();
    }
}
