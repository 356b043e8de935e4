using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Compression.Quantization.Measurement;

/// <summary>A model whose runs are timed, all outputs computed.</summary>
internal sealed class TimedModel(Model model, SessionSettings settings) : IDisposable
{
    private readonly InferenceSession _session = SessionFactory.Create(model.ToBytes(), settings);
    private readonly RunOptions _options = new();

    /// <summary>Whether the model takes batches of this size.</summary>
    public bool Takes(int batchSize) => _session.InputMetadata.Values.First().Dimensions is not [> 0 and var only, ..] || only == batchSize;

    public TimedBatch Batch(HeldOutSamples samples, int size)
    {
        SampleBatch batch = samples.Deployed(0, Math.Min(size, samples.Count));
        var inputs = batch.Inputs.Select(input => Repeated(input, batch.Count, size)).ToArray();
        return new TimedBatch(_session, _options, inputs, size);
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private SampleInput Repeated(SampleInput input, int count, int size)
    {
        var named = input.Name is not null ? input : input with { Name = _session.InputNames[0], ItemShape = [.. _session.InputMetadata.Values.First().Dimensions[1..].Select(d => (long)d)] };
        var values = Array.CreateInstance(input.Values.GetType().GetElementType()!, size * input.ItemLength);
        for (var i = 0; i < size; i++) Array.Copy(input.Values, i % count * input.ItemLength, values, i * input.ItemLength, input.ItemLength);
        return named with { Values = values };
    }
}

/// <summary>One batch, ready to be run again and again.</summary>
internal sealed class TimedBatch(InferenceSession session, RunOptions options, SampleInput[] inputs, int size) : IDisposable
{
    private readonly string[] _names = Array.ConvertAll(inputs, i => i.Name!);
    private readonly OrtValue[] _values = Array.ConvertAll(inputs, i => i.ToOrtValue(size));
    private readonly string[] _outputs = [.. session.OutputNames];

    /// <summary>Runs it once; returns milliseconds.</summary>
    public double Run()
    {
        var start = Stopwatch.GetTimestamp();
        using var results = session.Run(options, _names, _values, _outputs);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public void Dispose()
    {
        foreach (var value in _values) value.Dispose();
    }
}
