using OnnxPipeline.Compression;
using OnnxPipeline.Compression.Pruning;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export.Thresholds;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Sweeps;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Functions;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>A rule between options: null, or the path it is about and what is wrong.</summary>
internal delegate (string Path, string Message)? Relation(Recipe recipe);

/// <summary>Every rule between options of a recipe.</summary>
internal static class RecipeRelations
{
    public static readonly IReadOnlyList<Relation> All =
    [
        r => r.Data is { Dataset: "image-folder", ImageFolder: null } ? ("data", "the dataset image-folder needs to know its images; give data.imageFolder, for example { path: photos/, size: 32x32 }.") : null,
        r => r.Data is { Dataset: not "image-folder", ImageFolder: not null } ? ("data.imageFolder", $"these are options of the dataset image-folder, and data.dataset is {r.Data.Dataset}; set it to image-folder, or leave them out.") : null,
        r => r.Data is { Dataset: "csv", Csv: null } ? ("data", "the dataset csv needs to know its file; give data.csv, for example { path: prices.csv, target: price }.") : null,
        r => r.Data is { Dataset: not "csv", Csv: not null } ? ("data.csv", $"these are options of the dataset csv, and data.dataset is {r.Data.Dataset}; set it to csv, or leave them out.") : null,
        r => r.Data is { Dataset: not "moons", Moons: not null } ? ("data.moons", $"these are options of the dataset moons, and data.dataset is {r.Data.Dataset}; set it to moons, or leave them out.") : null,
        r => r.Data.Csv is not null && (r.Data.LabelNoise != 0 || r.Data.ShuffleLabels) ? ("data.csv", "labelNoise and shuffleLabels need the labels in memory, where the dataset csv does not keep them; leave them out.") : null,
        r => r.Augment is { AlternatingFlip: true, HorizontalFlip: not 0 } ? ("augment.alternatingFlip", "alternating and random left-right flips exclude each other; set augment.horizontalFlip to 0, or leave alternatingFlip out.") : null,
        r => r.Train.Loss is CrossEntropyOptions { BalanceClasses: true, ClassWeights.Count: > 0 } or BinaryCrossEntropyOptions { BalanceClasses: true, ClassWeights.Count: > 0 } ? ("train.loss.balanceClasses", "balanced weights and weights of your own exclude each other; leave one of balanceClasses and classWeights out.") : null,
        r => r.Train.Optimizer is SgdOptions { Nesterov: true, Momentum: 0 } ? ("train.optimizer.nesterov", "Nesterov's method needs a momentum; set train.optimizer.momentum, for example to 0.9.") : null,
        r => r.Train is { Lora: not null, Freeze.Count: > 0 } ? ("train.freeze", "with train.lora all weights keep their values but those that it changes or trains also; leave train.freeze out.") : null,
        r => r.Train is { Lora: not null, FineTune: { } tuning } && tuning != new FineTuneOptions() ? ("train.fineTune", "train.lora leaves all layers as they are but for what it changes or trains also; leave train.fineTune out.") : null,
        r => r.Distill?.Train?.Lora is not null ? ("distill.train.lora", "a student is trained whole, and has no base to adapt; leave it out.") : null,
        r => r.Prune?.FineTune?.Lora is not null ? ("prune.fineTune.lora", "what pruning leaves is trained whole; leave it out.") : null,
        r => r.Train.EarlyStopping is not null && r.Data.Validation == 0 ? ("train.earlyStopping", "early stopping watches the validation loss, and data.validation is 0; hold some samples out, for example 0.1.") : null,
        r => r.Export.Threshold is not null && r.Data is { Validation: 0 } ? ("export.threshold", "the threshold is chosen on validation samples, and data.validation is 0; hold some out, for example 0.1.") : null,
        r => r.Export.Input == ImageLayout.Encoded && r.Quantize is { Count: > 0 } ? ("export.input", "variants are quantised from the exported model, and one that decodes files cannot be calibrated; leave input: encoded or quantize out.") : null,
        r => r.Export.OnDevice is { Optimizer: not (SgdOptions or AdamOptions) } ? ("export.onDevice.optimizer", "devices train by sgd, adam or adamw; take one of those.") : null,
        r => r.Export is { OnDevice: not null, Input: ImageLayout.Encoded } ? ("export.onDevice", "a device trains on raw pixels, and export.input is encoded; leave one of them out.") : null,
        r => r.Data.Validation == 0 && (r.Quantize?.Any(v => v.MaxDrop is not null) ?? false) ? ("quantize", "maxDrop is measured on validation samples, and data.validation is 0; hold some out, for example 0.1.") : null,
        r => r.Train.Schedule is PlateauScheduleOptions && r.Data.Validation == 0 ? ("train.schedule", "a plateau is one of the validation loss, and data.validation is 0; hold some samples out, for example 0.1.") : null,
        r => r.Prune is not null && r.Data is { Validation: 0 } ? ("prune", "what pruning costs is measured on validation samples, and data.validation is 0; hold some out, for example 0.1.") : null,
        r => r.Prune?.Method is PatternPruneOptions pattern && pattern.Keep >= pattern.Of ? ("prune.method.keep", $"of {pattern.Of} weights fewer must stay: expected less than prune.method.of.") : null,
        r => r.Prune is { Schedule: LotteryPruneOptions lottery } prune && lottery.RewindEpoch >= (prune.FineTune ?? r.Train).Epochs ? ("prune.schedule.rewindEpoch", $"the beginning must be before training ends: expected less than its epochs ({(prune.FineTune ?? r.Train).Epochs}).") : null,
        r => r.Prune?.Schedule is LotteryPruneOptions && r.Distill is not null ? ("prune.schedule", "a lottery goes back to the weights before train, and distill puts another model in their place; leave one of them out.") : null,
        r => r.Prune is { Method: not ChannelPruneOptions } && r.QuantizationAware is not null ? ("prune.method", "the training of quantizationAware keeps no masks, so that weights at 0 would come back; use channels, or leave quantizationAware out.") : null,
        r => r.Prune?.FineTune is { } tuning && tuning.Schedule.WarmupEpochs >= tuning.Epochs ? ("prune.fineTune.schedule.warmupEpochs", $"the warm-up must end before training does: expected less than prune.fineTune.epochs ({tuning.Epochs}).") : null,
        r => r.Distill is { Unlabelled: > 0 } && r.Augment?.MixesLabels() == true ? ("distill.unlabelled", "mixup and cutmix mix a sample's label with another's, and some have none; leave augment.mixup and augment.cutmix out, or unlabelled.") : null,
        r => r.Distill is { UnlabelledImages: not null } && r.Augment?.MixesLabels() == true ? ("distill.unlabelledImages", "mixup and cutmix mix a sample's label with another's, and these images have none; leave augment.mixup and augment.cutmix out, or unlabelledImages.") : null,
        r => r.Distill?.Train is { } train && train.Schedule.WarmupEpochs >= train.Epochs ? ("distill.train.schedule.warmupEpochs", $"the warm-up must end before training does: expected less than distill.train.epochs ({train.Epochs}).") : null,
        r => r.Distill?.Train is { EarlyStopping: not null } && r.Data.Validation == 0 ? ("distill.train.earlyStopping", "early stopping watches the validation loss, and data.validation is 0; hold some samples out, for example 0.1.") : null,
        r => r.Train.Averaging is SwaOptions swa && swa.StartEpoch > r.Train.Epochs ? ("train.averaging.startEpoch", $"the average must begin while training lasts: expected at most train.epochs ({r.Train.Epochs}).") : null,
        r => r.Train.Schedule.WarmupEpochs >= r.Train.Epochs ? ("train.schedule.warmupEpochs", $"the warm-up must end before training does: expected less than train.epochs ({r.Train.Epochs}).") : null,
    ];

    /// <summary>Breaches of the rules that the options of one record keep among themselves and check themselves.</summary>
    public static IEnumerable<(string Path, string Message)> OwnFaults(Recipe recipe) =>
    [
        .. (recipe.Function?.Validate() ?? []).Select(fault => (fault.Option.Length == 0 ? FunctionRecipe.Key : $"{FunctionRecipe.Key}.{Names.Key(fault.Option)}", fault.Problem)),
        .. (recipe.Quantize ?? []).SelectMany((variant, i) => variant.Validate().Select(fault => ($"quantize.{i}.{Names.Key(fault.Option)}", fault.Problem))),
        .. (recipe.Data.Csv?.Validate() ?? []).Select(fault => ("data.csv", fault)),
        .. (recipe.Prune is { } prune ? PruneCheck.Conflicts(prune) : []).Select(conflict => ($"prune.{conflict.Option}", conflict.Message)),
        .. (recipe.Data.Moons?.Validate() ?? []).Select(fault => ("data.moons", fault)),
        .. (recipe.Data.Binary?.Validate() ?? []).Select(fault => ("data.binary", fault)),
    ];
}
