using System.Globalization;
using OnnxPipeline.Compression;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>Flags that stand for changes of the recipe: each as the "path=value" that --set would take, so that they can be shown, and overridden.</summary>
internal static class RecipeRewrites
{
    private const int MemorisingEpochs = 200;
    private const int TrialBatch = 32;
    private const int TrialSamples = 4 * TrialBatch;

    /// <summary>Can the model memorise a few samples? Nothing stays that keeps a model from it: no augmentation, dropout, weight decay, label smoothing or falling rate; and there is nothing to validate on.</summary>
    public static IReadOnlyList<string> Overfit(Recipe recipe, int samples)
    {
        var sets = new List<string>
        {
            Set("data.limit", samples),
            Set("data.validation", 0),
            Set("train.epochs", Math.Max(recipe.Train.Epochs, MemorisingEpochs)),
            Set("train.batchSize", Math.Min(recipe.Train.BatchSize, samples)),
        };
        if (recipe.Augment is not null) sets.Add("augment=null");
        sets.AddRange(RecordShape.Of(recipe.Model.GetType()).Options
            .Where(o => o.Type == typeof(double) && o.Key.Contains("dropout", StringComparison.OrdinalIgnoreCase) && o.Property.GetValue(recipe.Model) is not 0.0)
            .Select(o => Set($"model.{o.Key}", 0)));
        if (recipe.Train.Optimizer.WeightDecay != 0) sets.Add(Set("train.optimizer.weightDecay", 0));
        if (recipe.Train.Loss is CrossEntropyOptions { LabelSmoothing: not 0 }) sets.Add(Set("train.loss.labelSmoothing", 0));
        if (recipe.Train.Schedule is not ConstantScheduleOptions) sets.Add("train.schedule={name: constant}");
        if (recipe.Train.EarlyStopping is not null) sets.Add("train.earlyStopping=null");
        if (recipe.Train.Lora is { Dropout: not 0 }) sets.Add(Set("train.lora.dropout", 0));
        // What comes after training has nothing to say about it.
        if (recipe.Distill is not null) sets.Add("distill=null");
        if (recipe.Prune is not null) sets.Add("prune=null");
        if (recipe.QuantizationAware is not null) sets.Add("quantizationAware=null");
        if (recipe.Quantize is not null) sets.Add("quantize=null");
        if (recipe.Export.Threshold is not null) sets.Add("export.threshold=null");
        return sets;
    }

    /// <summary>Does everything work, end to end? One epoch of a few small batches.</summary>
    public static IReadOnlyList<string> FastDevRun(Recipe recipe)
    {
        var sets = new List<string>
        {
            Set("data.limit", Math.Min(recipe.Data.Limit ?? TrialSamples, TrialSamples)),
            Set("train.epochs", 1),
            Set("train.batchSize", Math.Min(recipe.Train.BatchSize, TrialBatch)),
            Set("export.samples", Math.Min(recipe.Export.Samples, TrialSamples)),
        };
        if (recipe.Distill is not null) sets.Add(Set("distill.seeds", 1));
        if (recipe.Distill?.Train is not null) sets.Add(Set("distill.train.epochs", 1));
        if (recipe.Distill?.Train is { Schedule.WarmupEpochs: not 0 }) sets.Add(Set("distill.train.schedule.warmupEpochs", 0));
        if (recipe.QuantizationAware is not null) sets.Add(Set("quantizationAware.epochs", 1));
        if (recipe.Train.Schedule.WarmupEpochs != 0) sets.Add(Set("train.schedule.warmupEpochs", 0));
        if (recipe.Prune?.FineTune is { } tuning)
        {
            sets.Add(Set("prune.fineTune.epochs", 1));
            sets.Add(Set("prune.fineTune.batchSize", Math.Min(tuning.BatchSize, TrialBatch)));
            if (tuning.Schedule.WarmupEpochs != 0) sets.Add(Set("prune.fineTune.schedule.warmupEpochs", 0));
        }
        if (recipe.Prune?.Schedule is LotteryPruneOptions { RewindEpoch: not 0 }) sets.Add(Set("prune.schedule.rewindEpoch", 0));
        return sets;
    }

    private static string Set(string path, int value) => string.Create(CultureInfo.InvariantCulture, $"{path}={value}");
}
