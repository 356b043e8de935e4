using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Tests.Recipes;

public sealed class RecipeValidatorTests
{
    private const string Cnn = "{name: cnn";

    [Theory]
    [InlineData("train.epochs=0")]
    [InlineData("train.epochs=-1")]
    [InlineData("train.batchSize=-1")]
    [InlineData("train.accumulate=0")]
    [InlineData("train.penalty.l1=-1")]
    [InlineData("train.groups=[{match: w, learningRate: -1}]")]
    [InlineData("train.groups=[{match: w}, {match: '*', untilEpoch: 0}]")]
    [InlineData("train.freeze=['']")]
    [InlineData("train.averaging={name: ema, decay: 1}")]
    [InlineData("train.averaging={name: swa, everyEpochs: 0}")]
    [InlineData("train.averaging={name: lookahead, alpha: 0}")]
    [InlineData("train.optimizer={name: muon, newtonSchulzSteps: 0}")]
    [InlineData("train.optimizer={name: muon, adamW: {match: ['']}}")]
    [InlineData("train.schedule={name: plateau, factor: 1}")]
    [InlineData("train.threads=-1")]
    [InlineData("train.clipNorm=0")]
    [InlineData("train.clipNorm=.inf")]
    [InlineData("train.checkpointSeconds=0")]
    [InlineData("train.checkpointSeconds=.nan")]
    [InlineData("train.engine=tensorflow")]
    [InlineData("train.device=gpu")]
    [InlineData("train.device=cuda:x")]
    [InlineData("train.device=\"cpu\\n\"")]
    [InlineData("train.loss={name: cross-entropy, labelSmoothing: 1}")]
    [InlineData("train.loss={name: cross-entropy, labelSmoothing: -0.1}")]
    [InlineData("train.earlyStopping={patience: 0}")]
    [InlineData("train.earlyStopping={minDelta: -1}")]
    [InlineData("train.optimizer={name: sgd, momentum: 1}")]
    [InlineData("train.optimizer={name: sgd, learningRate: 0}")]
    [InlineData("train.optimizer={name: sgd, learningRate: .nan}")]
    [InlineData("train.optimizer={name: sgd, learningRate: -.inf}")]
    [InlineData("train.optimizer={name: adam, weightDecay: -1}")]
    [InlineData("train.optimizer={name: adam, beta1: 1}")]
    [InlineData("train.optimizer={name: adamw, beta2: -0.1}")]
    [InlineData("train.optimizer={name: adamw, epsilon: 0}")]
    [InlineData("train.schedule={name: constant, warmupEpochs: -1}")]
    [InlineData("train.schedule={name: step, everyEpochs: 0}")]
    [InlineData("train.schedule={name: step, gamma: 1}")]
    [InlineData("train.schedule={name: step, gamma: -0.5}")]
    [InlineData("train.schedule={name: cosine, finalFactor: 2}")]
    [InlineData("train.schedule={name: one-cycle, risingShare: 0}")]
    [InlineData("train.schedule={name: one-cycle, startDivisor: 0}")]
    [InlineData("train.schedule={name: one-cycle, finalDivisor: -1}")]
    [InlineData("prune={method: {name: channels, amount: 1}}")]
    [InlineData("prune={method: {name: channels, roundTo: 0}}")]
    [InlineData("prune={method: {name: weights, amount: -0.1}}")]
    [InlineData("prune={method: {name: n-of-m, keep: 0}}")]
    [InlineData("prune={method: {name: weights, layers: ['']}}")]
    [InlineData("prune={schedule: {name: iterative, rounds: 0}}")]
    [InlineData("prune={maxDrop: -1}")]
    [InlineData("prune={sensitivity: {amounts: [0.5, 1]}}")]
    [InlineData("prune={fineTune: {epochs: 0}}")]
    [InlineData("data.validation=1")]
    [InlineData("data.validation=1.5")]
    [InlineData("data.validation=.nan")]
    [InlineData("data.limit=0")]
    [InlineData("data.labelNoise=1.1")]
    [InlineData("data.imageFolder={path: \"\"}")]
    [InlineData("data.imageFolder={path: x, size: 32x}")]
    [InlineData("data.imageFolder={path: x, test: 1}")]
    [InlineData("data.dataset=fashion-mnst")]
    [InlineData("data.csv={path: a.csv, target: y, test: 1}")]
    [InlineData("data.csv={path: a.csv, target: y, maxCategories: 0}")]
    [InlineData("data.csv={path: \" \", target: y}")]
    [InlineData("data.csv={path: a.csv, target: \"\"}")]
    [InlineData("data.binary={positive: []}")]
    [InlineData("data.binary={positive: [a], names: [x]}")]
    [InlineData("data.moons={train: []}")]
    [InlineData("data.moons={train: [{samples: 1}]}")]
    [InlineData("data.moons={test: [{noise: -1}]}")]
    [InlineData("data.moons={validation: [{rotation: 361}]}")]
    [InlineData("augment.horizontalFlip=1.1")]
    [InlineData("augment.verticalFlip=-0.1")]
    [InlineData("augment.cropPadding=-1")]
    [InlineData("augment.translate=-1")]
    [InlineData("augment.rotate=181")]
    [InlineData("augment.colorJitter={brightness: 2}")]
    [InlineData("augment.colorJitter={contrast: -1}")]
    [InlineData("augment.colorJitter={saturation: .nan}")]
    [InlineData("augment.randomErasing=1.5")]
    [InlineData("augment.cutout=-1")]
    [InlineData("augment.mixup=-0.1")]
    [InlineData("augment.cutmix=1001")]
    [InlineData("model={name: mlp, hidden: [0]}")]
    [InlineData("model={name: mlp, dropout: 1}")]
    [InlineData("model=" + Cnn + ", channels: []}")]
    [InlineData("model=" + Cnn + ", channels: [[]]}")]
    [InlineData("model=" + Cnn + ", channels: [[8], [-8]]}")]
    [InlineData("model=" + Cnn + ", hidden: -1}")]
    [InlineData("model=" + Cnn + ", dropout: 1}")]
    [InlineData("train.loss={name: cross-entropy, classWeights: [1, .inf]}")]
    [InlineData("export.opset=3")]
    [InlineData("export.maxAbsDiff=0")]
    [InlineData("export.samples=0")]
    [InlineData("export.onDevice={accumulate: 0}")]
    [InlineData("export.onDevice={spareClasses: 1001}")]
    [InlineData("evaluate.batchSize=0")]
    [InlineData("name=../evil")]
    public void Absurd_values_are_refused_where_they_were_given(string set)
    {
        var error = Assert.Throws<RecipeException>(() => Read(set));
        var one = Assert.Single(error.Errors);
        Assert.Equal($"--set {set}", one.Where);
        Assert.StartsWith(set.Split('=')[0], one.Path);
        Assert.Contains("expected", one.Message);
        Assert.Contains("found", one.Message);
    }

    [Theory]
    [InlineData("train.optimizer={name: sgd, nesterov: true}", "train.optimizer.nesterov", "needs a momentum")]
    [InlineData("augment={horizontalFlip: 0.5, alternatingFlip: true}", "augment.alternatingFlip", "exclude each other")]
    [InlineData("data={dataset: csv}", "data", "give data.csv")]
    [InlineData("data={dataset: mnist, csv: {path: a.csv, target: y}}", "data.csv", "options of the dataset csv")]
    [InlineData("data={dataset: csv, csv: {path: a.csv, target: y, delimiter: xx}}", "data.csv", "csv.delimiter is 'xx'")]
    [InlineData("data={dataset: csv, labelNoise: 0.1, csv: {path: a.csv, target: y}}", "data.csv", "need the labels in memory")]
    [InlineData("data={dataset: mnist, moons: {}}", "data.moons", "options of the dataset moons")]
    [InlineData("data={binary: {positive: [a, a]}}", "data.binary", "names 'a' 2 times")]
    [InlineData("train.schedule={name: cosine, warmupEpochs: 10}", "train.schedule.warmupEpochs", "less than train.epochs (10)")]
    [InlineData("data.dataset=image-folder", "data", "give data.imageFolder")]
    [InlineData("export.onDevice={optimizer: {name: lion}}", "export.onDevice.optimizer", "sgd, adam or adamw")]
    [InlineData("export={input: encoded, onDevice: {}}", "export.onDevice", "raw pixels")]
    [InlineData("data.imageFolder={path: photos}", "data.imageFolder", "data.dataset is fashion-mnist")]
    [InlineData("prune={method: {name: n-of-m, keep: 4, of: 4}}", "prune.method.keep", "fewer must stay")]
    [InlineData("prune={schedule: {name: gradual}, fineTune: {}}", "prune.schedule", "set prune.method to weights")]
    [InlineData("prune={method: {name: weights}, schedule: {name: gradual}}", "prune.schedule", "give prune.fineTune")]
    [InlineData("prune={method: {name: n-of-m}, schedule: {name: iterative}}", "prune.schedule", "use one-shot")]
    [InlineData("prune={method: {name: weights}, schedule: {name: lottery}}", "prune.schedule", "leave one of them out", "distill={student: {name: mlp}}")]
    [InlineData("prune={method: {name: weights}}", "prune.method", "keeps no masks", "quantizationAware={}")]
    [InlineData("prune={method: {name: n-of-m}, sensitivity: {}}", "prune.sensitivity", "leave it out")]
    [InlineData("prune={method: {name: weights}, schedule: {name: lottery, rewindEpoch: 3}, fineTune: {epochs: 3}}", "prune.schedule.rewindEpoch", "less than its epochs (3)")]
    [InlineData("prune={fineTune: {epochs: 2, schedule: {name: constant, warmupEpochs: 2}}}", "prune.fineTune.schedule.warmupEpochs", "prune.fineTune.epochs (2)")]
    public void Options_that_contradict_each_other_are_refused(string set, string path, string expected, params string[] more)
    {
        var error = Assert.Single(Assert.Throws<RecipeException>(() => Read([set, .. more])).Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Pruning_needs_validation_samples() =>
        Assert.Contains("data.validation is 0", Assert.Throws<RecipeException>(() => Read("data.validation=0", "prune={}")).Message);

    [Fact]
    public void Early_stopping_needs_validation_samples() =>
        Assert.Contains("data.validation is 0", Assert.Throws<RecipeException>(() => Read("data.validation=0", "train.earlyStopping={patience: 2}")).Message);

    [Fact]
    public void Every_number_and_list_that_a_recipe_can_hold_has_a_rule()
    {
        var without = All.Distinct()
            .SelectMany(record => RecordShape.Of(record).Options.Select(option => (record, option)))
            .Where(o => o.option.Type is { IsEnum: false } type && type != typeof(bool) && type != typeof(string) && !RecordShape.IsRecord(RecordShape.ElementOf(type) ?? type))
            .Where(o => RecipeRules.Of(o.record, o.option.Key) is null)
            .Select(o => $"{o.record.Name}.{o.option.Key}");
        Assert.Empty(without);
    }

    [Fact]
    public void Every_rule_is_about_an_option_that_exists_and_its_default_keeps_it()
    {
        foreach (var rule in RecipeRules.Options)
        {
            var records = All.Where(rule.Record.IsAssignableFrom).ToArray();
            Assert.NotEmpty(records);
            foreach (var record in records)
            {
                var option = Assert.Single(RecordShape.Of(record).Options, o => o.Key == rule.Key);
                if (option.Property.GetValue(RecordShape.Default(record)) is { } value) Assert.True(rule.Constraint.Holds(value), $"{record.Name}.{rule.Key}");
            }
        }
    }

    private static IEnumerable<Type> All => Records(typeof(Recipe)).Concat(Records(typeof(FunctionRecipe))).Concat(Records(typeof(SweepOptions))).Append(typeof(SlurmOptions));

    private static IEnumerable<Type> Records(Type type)
    {
        if (Unions.Of(type) is { } union) return union.Cases.SelectMany(c => Records(c.Type));
        return RecordShape.Of(type).Options.Select(o => RecordShape.ElementOf(o.Type) ?? o.Type).Where(RecordShape.IsRecord).SelectMany(Records).Prepend(type);
    }

    private static Recipe Read(params string[] sets) => RecipeReader.Parse("r.yaml", "name: r\nmodel: {name: mlp}\n", sets);
}
