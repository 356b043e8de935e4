using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>How many of the samples that a model was trained on it gives the right label for, in inference mode.</summary>
internal readonly record struct Memorisation(int Right, int Samples)
{
    private const int BatchSize = 500;

    public bool Complete => Right == Samples;

    /// <summary>Measures a trained model on the training part of its dataset.</summary>
    /// <exception cref="UsageException">The model gives values and not labels, so that none of them is right or wrong.</exception>
    public static Memorisation Measure(string datasetFolder, string modelPath, Recipe recipe)
    {
        using var dataset = Dataset.Open(datasetFolder);
        using var engine = EngineFactory.Create(Model.Load(modelPath), recipe.Train with { Loss = DatasetModel.LossOf(dataset, recipe.Train.Loss) }, recipe.Seed);
        if (!engine.Classifies) throw new UsageException("--overfit counts right answers, and a regression has none; look at the loss of a run on few samples instead: --set data.limit=N.");
        using var batches = new BatchLoader(dataset.Train, new BatchOptions { BatchSize = Math.Min(BatchSize, dataset.Train.Count) });
        var right = 0;
        foreach (var batch in batches.Epoch(0)) right += engine.Evaluate(batch).Correct;
        return new Memorisation(right, dataset.Train.Count);
    }
}
