using OnnxPipeline.Compression.QuantizationAware;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Compression;

/// <summary>What quantisation-aware training gives.</summary>
/// <param name="Model">A float model, its weights trained under rounding; <see cref="TrainedRanges"/> reads the ranges of its values.</param>
/// <param name="Progress">The figures of every epoch, of the model that rounds.</param>
/// <param name="Folded">What the passes before it did.</param>
public sealed record QuantizationAwareResult(Model Model, TrainingProgress Progress, IReadOnlyList<PassReport> Folded);

/// <summary>
/// Fine-tunes a model with the rounding of int8 arithmetic in its graph. The passes of export run first, so that batch normalisation and
/// the normalisation of inputs are in the weights already: what is trained is what will be quantised. (A BatchNormalization that could not
/// be folded stays, is trained as ever, and is not rounded.) Elements of weights that are 0, as pruning leaves them, stay 0.
/// Source: Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", 2018.
/// </summary>
/// <param name="options">How long, how fast, and where ranges come from.</param>
/// <param name="train">How the model was trained.</param>
/// <param name="seed">Keys the order of samples and their augmentation.</param>
/// <param name="engine">Makes the engine that trains a model by such options, with these masks of its weights.</param>
public sealed class QuantizationAwareTrainer(QuantizationAwareOptions options, TrainOptions train, ulong seed, Func<Model, TrainOptions, IReadOnlyList<Initializer>, ITrainingEngine> engine)
{
    /// <summary>What is done to each training sample; null for nothing.</summary>
    public AugmentOptions? Augment { get; init; }

    /// <summary>Where the checkpoint is kept; null to keep none.</summary>
    public string? CheckpointPath { get; init; }

    public ITrainingObserver Observer { get; init; } = new SilentObserver();

    /// <summary>Fine-tunes a trained model; the model itself is left as it is.</summary>
    /// <exception cref="TrainingException">There is nothing to round, the model is quantised already, or training fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint was saved first.</exception>
    public QuantizationAwareResult Train(Model trained, Dataset dataset, CancellationToken cancellation)
    {
        var folded = Folding.Passes().Run(trained);
        var graph = folded.Model.Graph;
        if (graph.Nodes.FirstOrDefault(n => n.Is(Ops.QuantizeLinear) || n.Is(Ops.DequantizeLinear)) is { } quantized)
            throw new TrainingException($"quantizationAware: the model is quantised already: node '{quantized.DisplayName}' is a {quantized.OpType}. Take the model before it was quantised.");
        if (!graph.Nodes.Any(n => QuantizedValues.IsLinear(n, graph)))
            throw new TrainingException("quantizationAware: there is nothing to round: the model has no Conv, Gemm or MatMul with weights of its own.");

        var tuning = FineTuning.Of(train, options, folded.Model);
        var rounding = FakeQuantization.Insert(folded.Model, Ranges(folded.Model, dataset.Train, tuning, cancellation), options.Ranges);
        using var training = engine(rounding, tuning, Zeros(graph, tuning));
        var trainer = new Trainer(tuning, seed) { Augment = Augment, CheckpointPath = CheckpointPath, Observer = Observer };
        var result = trainer.Train(rounding, training, dataset.Train, dataset.Validation, cancellation);
        return new QuantizationAwareResult(FakeQuantization.Remove(result.Model), result.Progress, folded.Reports);
    }

    /// <summary>Masks of the products' weights that hold exact zeros.</summary>
    private static IReadOnlyList<Initializer> Zeros(Graph graph, TrainOptions tuning) =>
    [
        .. graph.Nodes.Where(n => QuantizedValues.IsLinear(n, graph)).Select(n => graph.Initializers[n.Inputs[1]]).Distinct()
            .Where(weights => weights.Span<float>().Contains(0) && !NameGlob.AnyMatches(tuning.Freeze, weights.Name))
            .Select(weights => Initializer.Create<float>(weights.Name, Array.ConvertAll(weights.Span<float>().ToArray(), w => w == 0 ? 0f : 1f), weights.Dims)),
    ];

    private IReadOnlyDictionary<string, TrainedRange> Ranges(Model model, DatasetSplit split, TrainOptions tuning, CancellationToken cancellation)
    {
        using var batches = new BatchLoader(split, new BatchOptions { BatchSize = tuning.BatchSizeFor(split.Count), Shuffle = true, DropLast = true, Seed = seed, Augment = Augment });
        return RangeCalibrator.Measure(model, batches, options.CalibrationBatches, new SessionSettings { Device = Device.Parse(tuning.Device), Threads = tuning.Threads }, cancellation);
    }
}
