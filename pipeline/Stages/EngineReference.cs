using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>The engine that trained a model, asked again for its own evaluation of every sample, to verify an export against.</summary>
internal sealed class EngineReference : IDisposable
{
    /// <summary>An engine that trains reads all weights anew in each run, and a run is one sample: so many reads in all keep that below a minute.</summary>
    private const long WeightReads = 2_000_000_000;

    private const int LeastSamples = 100;

    private readonly ITrainingEngine _engine;
    private readonly int _most;
    private readonly DatasetSplit _samples;

    /// <param name="trained">Its weights are evaluated.</param>
    /// <param name="train">How it was trained; the engine runs on the CPU, whatever it was trained on.</param>
    /// <param name="dataset">Its kind decides the loss, which is the plain one: neither smoothed nor weighted.</param>
    /// <param name="samples">The part to evaluate.</param>
    /// <exception cref="TrainingException">The model is none that the engine can evaluate.</exception>
    public EngineReference(Model trained, TrainOptions train, Dataset dataset, DatasetSplit samples)
    {
        LossOptions loss = dataset.Target is not null ? new MeanSquaredOptions { Scale = 1 }
            : train.Loss is BinaryCrossEntropyOptions ? new BinaryCrossEntropyOptions()
            : new CrossEntropyOptions();
        _engine = EngineFactory.Create(trained, new TrainOptions { Engine = train.Engine, Loss = loss }, seed: 0, augment: null);
        _samples = samples;
        _most = (int)Math.Clamp(WeightReads / Math.Max(1, Trainables.Of(trained.Graph).Sum(t => t.ElementCount)), LeastSamples, int.MaxValue);
    }

    public ReferenceEngine Reference => new(_engine.Description, Scores()) { Most = _most };

    public void Dispose() => _engine.Dispose();

    /// <summary>One sample a batch, so that each has a loss of its own.</summary>
    private IEnumerable<SampleScore> Scores()
    {
        using var batches = new BatchLoader(_samples, new BatchOptions { BatchSize = 1 });
        foreach (var batch in batches.Epoch(0))
        {
            var outcome = _engine.Evaluate(batch);
            yield return new SampleScore(outcome.Loss, outcome.Correct == 1);
        }
    }
}
