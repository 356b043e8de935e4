using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Export.Samples;

namespace OnnxPipeline.Export.Verification;

/// <summary>A model in ONNX Runtime: samples in, one vector of floats a sample out.</summary>
internal sealed class ModelRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();

    /// <summary>Takes over the session.</summary>
    public ModelRunner(InferenceSession session) => _session = session;

    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>The only batch size that the model takes, or null when it takes any.</summary>
    public int? FixedBatch => _session.InputMetadata.Values.First().Dimensions is [> 0 and var batch, ..] ? batch : null;

    /// <summary>The shape of a sample of the model's only input, and how its elements are typed; null where it has several.</summary>
    public (TensorElementType Element, int[] Shape)? OnlyInput =>
        _session.InputMetadata.Count == 1 && _session.InputMetadata.Values.First() is { IsTensor: true } input ? (input.ElementDataType, input.Dimensions[1..]) : null;

    /// <summary>
    /// The output for some samples, [count, width] row by row. A model of a fixed batch runs several times, its last batch filled up
    /// with blank samples.
    /// </summary>
    /// <exception cref="ExportException">The output has another shape or type, or the inputs are others.</exception>
    public float[] Run(SampleBatch samples, string output)
    {
        if (FixedBatch is not { } batch || batch == samples.Count) return RunBatch(samples, output);
        var results = new List<float>();
        for (var start = 0; start < samples.Count; start += batch)
        {
            var size = Math.Min(batch, samples.Count - start);
            var rows = RunBatch(samples.Slice(start, size, batch), output);
            results.AddRange(rows.AsSpan(0, rows.Length / batch * size));
        }
        return [.. results];
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private SampleInput Shaped(SampleInput input)
    {
        if (input.Name is not null || OnlyInput is not { } only) return input;
        var shaped = input with { ItemShape = [.. only.Shape.Select(size => (long)size)] };
        return shaped.ItemLength == input.ItemLength ? shaped
            : throw new ExportException($"The model takes images of [{string.Join(",", only.Shape)}], but the samples have {input.ItemLength} bytes each.");
    }

    private float[] RunBatch(SampleBatch samples, string output)
    {
        string[] names = samples.Inputs is [{ Name: null }] ? [.. _session.InputNames] : [.. samples.Inputs.Select(i => i.Name!)];
        if (!names.Order().SequenceEqual(_session.InputNames.Order()))
            throw new ExportException($"The model takes the inputs {string.Join(", ", _session.InputNames)}, but the samples are {string.Join(", ", names)}.");
        OrtValue[] values = [.. samples.Inputs.Select(i => Shaped(i).ToOrtValue(samples.Count))];
        try
        {
            using var results = _session.Run(_options, names, values, [output]);
            if (!results[0].IsTensor) throw new ExportException($"The output '{output}' is no tensor; expected Float of shape [{samples.Count}, classes].");
            var info = results[0].GetTensorTypeAndShape();
            if (info.ElementDataType != TensorElementType.Float || info.Shape is not [var rows, > 0] || rows != samples.Count)
                throw new ExportException($"The output '{output}' for {samples.Count} samples is {info.ElementDataType} of shape [{string.Join(",", info.Shape)}]; expected Float of shape [{samples.Count}, classes].");
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            foreach (var value in values) value.Dispose();
        }
    }
}
