using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference.Server.Protocol;

internal sealed record LiveResponse(bool Live);

/// <summary>Name is that of the model, where one is asked for.</summary>
internal sealed record ReadyResponse(string? Name, bool Ready);

internal sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions);

internal sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<int> Shape);

internal sealed record ModelMetadata(string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorMetadata> Inputs, IReadOnlyList<TensorMetadata> Outputs)
{
    /// <summary>What a request may name as its parameter "adapter"; null where there are none.</summary>
    public IReadOnlyList<string>? Adapters { get; init; }
}

internal sealed record IndexEntry(string Name, string Version, string State, string Reason)
{
    /// <summary>Null where there are none.</summary>
    public IReadOnlyList<string>? Adapters { get; init; }
}

/// <summary>The answer to an image or a row: a class with the probabilities by label, in class order, or a value, null where it is no number.</summary>
internal sealed record PredictResponse
{
    /// <summary>Not repeated row by row.</summary>
    public string? Model { get; init; }

    public string? Label { get; init; }

    public float? Probability { get; init; }

    public OrderedDictionary<string, float>? Probabilities { get; init; }

    public float? Value { get; init; }

    public static PredictResponse Of(string? model, Prediction prediction)
    {
        var byLabel = new OrderedDictionary<string, float>(prediction.Labels.Count);
        for (var i = 0; i < prediction.Labels.Count; i++) byLabel.Add(prediction.Labels[i], prediction.Probabilities[i]);
        return new PredictResponse { Model = model, Label = prediction.Top.Label, Probability = prediction.Top.Probability, Probabilities = byLabel };
    }

    /// <summary>Of what a model of a table gave for a row.</summary>
    public static PredictResponse Of(TablePredictor predictor, float[] outputs) =>
        predictor.Target is null ? Of(null, predictor.ToPrediction(outputs)) : new PredictResponse { Value = float.IsFinite(outputs[0]) ? outputs[0] : null };
}

/// <summary>The answers to rows, in their order.</summary>
internal sealed record RowsResponse(string Model, IReadOnlyList<PredictResponse> Rows);

/// <summary>What /predict takes for a model: an image, or rows of these columns.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Kind">"image" or "table".</param>
/// <param name="Target">What a regression predicts; null for classes.</param>
/// <param name="Columns">The columns of a table; null for images.</param>
internal sealed record InputResponse(string Model, string Kind, string? Target, IReadOnlyList<TableColumn>? Columns)
{
    /// <exception cref="RequestException">The model takes neither.</exception>
    public static InputResponse Of(ServedModel model) => model switch
    {
        { Images: not null } => new InputResponse(model.Name, "image", null, null),
        { Rows: { } rows } => new InputResponse(model.Name, "table", rows.Target, rows.Columns),
        _ => throw model.Unanswerable,
    };
}
