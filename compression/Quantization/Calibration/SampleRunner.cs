using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Compression.Quantization.Calibration;

/// <summary>Runs a deployed model over samples, a batch at a time, and hands on values from inside it.</summary>
internal sealed class SampleRunner : IDisposable
{
    /// <summary>Input elements a batch, so that memory stays bounded whatever the images' size.</summary>
    private const int BatchElements = 1 << 16;

    private const int LargestBatch = 64;

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _outputs;
    private readonly ImageInput? _image;

    /// <param name="model">A model whose inputs are those of deployed samples.</param>
    /// <param name="outputs">Values of its graph to hand on.</param>
    /// <param name="settings">How it is run.</param>
    public SampleRunner(Model model, IEnumerable<string> outputs, SessionSettings? settings = null)
    {
        _outputs = [.. outputs];
        var missing = _outputs.Where(o => model.Graph.Output(o) is null);
        _session = SessionFactory.Create(UntypedOutputs.Append(model, missing), settings ?? new SessionSettings());
        _image = ImageShape.Of(_session, DeployMetadata.FromEntries(_session.ModelMetadata.CustomMetadataMap));
    }

    /// <summary>Runs the first samples, <paramref name="limit"/> at most, and gives each batch's outputs to <paramref name="take"/>, in the order they were asked for.</summary>
    /// <exception cref="QuantizeException">The model takes other samples.</exception>
    public void Run(HeldOutSamples samples, int limit, Action<IReadOnlyList<OrtValue>> take, CancellationToken cancellation = default)
    {
        var count = Math.Min(limit, samples.Count);
        var batch = BatchSize(samples);
        for (var start = 0; start < count; start += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var taken = Math.Min(batch, count - start);
            if (FixedBatch is { } whole && taken < whole)
            {
                // A model of a fixed batch would see blank samples; only a set smaller than one batch is repeated.
                if (start > 0) break;
                throw new QuantizeException($"The model takes batches of exactly {whole} samples, and there are {count} to calibrate with. Give more samples, or export with a free batch.");
            }
            RunBatch(samples.Deployed(start, taken), take);
        }
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private int? FixedBatch => _session.InputMetadata.Values.First().Dimensions is [> 0 and var batch, ..] ? batch : null;

    private int BatchSize(HeldOutSamples samples) =>
        FixedBatch ?? Math.Clamp(BatchElements / Math.Max(samples.Deployed(0, 1).Inputs.Sum(i => i.ItemLength), 1), 1, LargestBatch);

    private void RunBatch(SampleBatch batch, Action<IReadOnlyList<OrtValue>> take)
    {
        var inputs = batch.Inputs.Select(Fitted).ToArray();
        var values = Array.ConvertAll(inputs, input => input.ToOrtValue(batch.Count));
        try
        {
            using var results = _session.Run(_run, [.. inputs.Select(i => i.Name!)], values, _outputs);
            take(results);
        }
        finally
        {
            foreach (var value in values) value.Dispose();
        }
    }

    /// <summary>The only input of an image model has whatever name and shape the model gives it.</summary>
    private SampleInput Fitted(SampleInput input)
    {
        if (input.Name is not null) return input;
        if (_session.InputMetadata.Count != 1) throw new QuantizeException($"The model has the inputs {string.Join(", ", _session.InputNames)}; expected one, an image of raw pixels.");
        var (name, metadata) = _session.InputMetadata.First();
        var fitted = input with { Name = name, ItemShape = [.. metadata.Dimensions[1..].Select(d => (long)d)] };
        var expected = metadata.ElementType == input.Values.GetType().GetElementType();
        if (expected && fitted.ItemLength == input.ItemLength) return _image is { } image ? PixelLayout.Fit(fitted, image) : fitted;
        throw new QuantizeException($"The model's input '{name}' is {metadata.ElementDataType}[{string.Join(",", metadata.Dimensions)}], but the samples are images of {input.ItemLength} bytes. Give the dataset that the model was made for.");
    }
}
