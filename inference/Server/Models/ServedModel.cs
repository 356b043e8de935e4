using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>A loaded model under its name. Any ONNX model answers tensors; an image classifier answers images, and a model of a table rows.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly string? _whyNeither;

    private ServedModel(string name, ModelSession session, Predictor? images, TablePredictor? rows, string? whyNeither)
    {
        Name = name;
        Session = session;
        Images = images;
        Rows = rows;
        _whyNeither = whyNeither;
    }

    public string Name { get; }

    public ModelSession Session { get; }

    /// <summary>The model as an image classifier; null where it is none.</summary>
    public Predictor? Images { get; }

    /// <summary>The model of a table; null where it is none.</summary>
    public TablePredictor? Rows { get; }

    /// <summary>Why it answers neither images nor rows.</summary>
    public RequestException Unanswerable => RequestException.BadRequest($"Model '{Name}' cannot answer /predict. {_whyNeither} Its tensors are answered at /v2/models/{Name}/infer.");

    public static ServedModel Load(ServedModelOptions model, ServerOptions options)
    {
        var predictorOptions = options.Predictor with { Limits = options.Images };
        var session = ModelSession.Open(model.Path, new() { Device = predictorOptions.Device, Threads = predictorOptions.Threads });
        try
        {
            return session.Metadata is { Columns.Count: > 0 }
                ? new ServedModel(model.Name, session, null, new TablePredictor(session), null)
                : new ServedModel(model.Name, session, new Predictor(session, predictorOptions), null, null);
        }
        catch (ModelException exception)
        {
            return new ServedModel(model.Name, session, null, null, exception.Message);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Images?.Dispose();
        Rows?.Dispose();
        Session.Dispose();
    }
}
