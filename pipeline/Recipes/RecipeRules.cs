using OnnxPipeline.Compression;
using OnnxPipeline.Compression.Pruning;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export.Thresholds;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Sweeps;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Functions;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.LowRank;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;
using static OnnxPipeline.Pipeline.Recipes.Constraint;
using static OnnxPipeline.Pipeline.Recipes.Rule;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>A rule for one option of one record.</summary>
internal sealed record Rule(Type Record, string Key, Constraint Constraint)
{
    public static Rule For<T>(string property, Constraint constraint) => new(typeof(T), Names.Key(property), constraint);
}

/// <summary>Every rule about values, in one place. Each number of each options record has its rule here; rules between options are in <see cref="RecipeRelations"/>.</summary>
internal static class RecipeRules
{
    public static readonly IReadOnlyList<Rule> Options =
    [
        For<Recipe>(nameof(Recipe.Name), RecipeName),
        For<FunctionRecipe>(nameof(FunctionRecipe.Name), RecipeName),
        For<Recipe>(nameof(Recipe.Seed), AtLeast(0)),

        For<FunctionOptions>(nameof(FunctionOptions.Start), EachNamed(Between(float.MinValue, float.MaxValue))),
        For<FunctionOptions>(nameof(FunctionOptions.Steps), Between(1, 10_000)),

        For<DataOptions>(nameof(DataOptions.Dataset), OneOf([.. DatasetRegistry.Names])),
        For<DataOptions>(nameof(DataOptions.Validation), Below(0, 1)),
        For<DataOptions>(nameof(DataOptions.Limit), AtLeast(1)),
        For<DataOptions>(nameof(DataOptions.TrainLimit), AtLeast(1)),
        For<DataOptions>(nameof(DataOptions.LabelNoise), Between(0, 1)),
        For<ImageFolderOptions>(nameof(ImageFolderOptions.Path), Matches(@".*\S.*", "the path of a folder or an archive")),
        For<ImageFolderOptions>(nameof(ImageFolderOptions.Size), Matches(@"[1-9][0-9]{0,3}x[1-9][0-9]{0,3}", "height x width in pixels, each from 1 to 9999, for example 32x32")),
        For<ImageFolderOptions>(nameof(ImageFolderOptions.Test), Below(0, 1)),

        For<BinaryOptions>(nameof(BinaryOptions.Positive), Count(1, 1 << 20)),
        For<BinaryOptions>(nameof(BinaryOptions.Names), Count(2, 2)),
        For<CsvOptions>(nameof(CsvOptions.Path), Matches(@".*\S.*", "the path of a CSV or TSV file")),
        For<CsvOptions>(nameof(CsvOptions.Target), Matches(@"[\s\S]+", "the heading of a column")),
        For<CsvOptions>(nameof(CsvOptions.Columns), Count(0, 10_000)),
        For<CsvOptions>(nameof(CsvOptions.Ignore), Count(0, 10_000)),
        For<CsvOptions>(nameof(CsvOptions.Missing), Count(0, 1000)),
        For<CsvOptions>(nameof(CsvOptions.MaxCategories), Between(1, 1 << 20)),
        For<CsvOptions>(nameof(CsvOptions.Test), Below(0, 1)),
        For<CsvColumnOptions>(nameof(CsvColumnOptions.Categories), Count(0, 1 << 20)),
        For<CsvColumnOptions>(nameof(CsvColumnOptions.Parts), Count(0, 5)),
        For<MoonsOptions>(nameof(MoonsOptions.Train), Count(1, 1000)),
        For<MoonsOptions>(nameof(MoonsOptions.Validation), Count(0, 1000)),
        For<MoonsOptions>(nameof(MoonsOptions.Test), Count(0, 1000)),
        For<MoonsPopulation>(nameof(MoonsPopulation.Samples), Between(2, 100_000_000)),
        For<MoonsPopulation>(nameof(MoonsPopulation.Noise), Between(0, 100)),
        For<MoonsPopulation>(nameof(MoonsPopulation.Rotation), Between(-360, 360)),

        For<AugmentOptions>(nameof(AugmentOptions.HorizontalFlip), Between(0, 1)),
        For<AugmentOptions>(nameof(AugmentOptions.VerticalFlip), Between(0, 1)),
        For<AugmentOptions>(nameof(AugmentOptions.CropPadding), Between(0, 1024)),
        For<AugmentOptions>(nameof(AugmentOptions.Translate), Between(0, 1024)),
        For<AugmentOptions>(nameof(AugmentOptions.Rotate), Between(0, 180)),
        For<AugmentOptions>(nameof(AugmentOptions.RandomErasing), Between(0, 1)),
        For<AugmentOptions>(nameof(AugmentOptions.Cutout), Between(0, 1024)),
        For<AugmentOptions>(nameof(AugmentOptions.Mixup), Between(0, 1000)),
        For<AugmentOptions>(nameof(AugmentOptions.Cutmix), Between(0, 1000)),
        For<ColorJitterOptions>(nameof(ColorJitterOptions.Brightness), Between(0, 1)),
        For<ColorJitterOptions>(nameof(ColorJitterOptions.Contrast), Between(0, 1)),
        For<ColorJitterOptions>(nameof(ColorJitterOptions.Saturation), Between(0, 1)),

        For<MlpOptions>(nameof(MlpOptions.Hidden), Each(Between(1, 1 << 20))),
        For<MlpOptions>(nameof(MlpOptions.Depth), Between(0, 1024)),
        For<MlpOptions>(nameof(MlpOptions.Width), Between(1, 1 << 20)),
        For<MlpOptions>(nameof(MlpOptions.Dropout), Below(0, 1)),
        For<CnnOptions>(nameof(CnnOptions.Channels), Each(Each(Between(1, 1 << 16), minItems: 1), minItems: 1)),
        For<CnnOptions>(nameof(CnnOptions.Dropout), Below(0, 1)),
        For<CnnOptions>(nameof(CnnOptions.Hidden), Between(0, 1 << 20)),
        For<ResidualMlpOptions>(nameof(ResidualMlpOptions.Width), Between(1, 1 << 20)),
        For<ResidualMlpOptions>(nameof(ResidualMlpOptions.Blocks), Between(0, 1024)),
        For<ResidualMlpOptions>(nameof(ResidualMlpOptions.Inner), Between(1, 1 << 20)),
        For<ResidualMlpOptions>(nameof(ResidualMlpOptions.Dropout), Below(0, 1)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.Filters), Each(Between(1, 1 << 16), minItems: 1)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.LayersPerFilter), Between(1, 1024)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.PoolEvery), Between(1, 1 << 20)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.Kernels), Each(Between(1, 1024), minItems: 1)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.LeakySlope), AtLeast(0)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.Dropout), Below(0, 1)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.PoolKernel), Between(1, 1024)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.PoolStride), Between(1, 1024)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.PoolPadding), Between(0, 512)),
        For<ConvBlockOptions>(nameof(ConvBlockOptions.Hidden), Each(Between(1, 1 << 20))),
        For<BlockCnnOptions>(nameof(BlockCnnOptions.Stride), Between(1, 1024)),
        For<BlockCnnOptions>(nameof(BlockCnnOptions.Padding), Between(0, 1024)),
        For<BlockCnnOptions>(nameof(BlockCnnOptions.Dilation), Between(1, 1024)),
        For<ResNetOptions>(nameof(ResNetOptions.BottleneckFactor), Between(1, 1 << 16)),
        For<ResNet18Options>(nameof(ResNet18Options.Width), Inside(0, 16)),
        For<RegularizedCnnOptions>(nameof(RegularizedCnnOptions.Widths), Each(Between(1, 1 << 16), minItems: 1)),
        For<RegularizedCnnOptions>(nameof(RegularizedCnnOptions.ConvsPerBlock), Between(1, 1024)),
        For<RegularizedCnnOptions>(nameof(RegularizedCnnOptions.Dropouts), Each(Below(0, 1), minItems: 1)),
        For<RegularizedCnnOptions>(nameof(RegularizedCnnOptions.HeadDropout), Below(0, 1)),
        For<AirbenchOptions>(nameof(AirbenchOptions.Widths), Each(Between(1, 1 << 16), minItems: 1)),
        For<AirbenchOptions>(nameof(AirbenchOptions.ConvsPerGroup), Between(1, 1024)),
        For<TabularOptions>(nameof(TabularOptions.EmbeddingSize), Between(1, 1 << 16)),
        For<TabularOptions>(nameof(TabularOptions.Dropout), Below(0, 1)),
        For<DeepTabularOptions>(nameof(DeepTabularOptions.Hidden), Each(Between(1, 1 << 20))),
        For<TabularMlpOptions>(nameof(TabularMlpOptions.EmbeddingDropout), Below(0, 1)),
        For<DeepCrossOptions>(nameof(DeepCrossOptions.CrossLayers), Between(0, 1024)),
        For<ResidualTabularOptions>(nameof(ResidualTabularOptions.Width), Between(1, 1 << 20)),
        For<ResidualTabularOptions>(nameof(ResidualTabularOptions.Blocks), Between(0, 1024)),
        For<ResidualTabularOptions>(nameof(ResidualTabularOptions.Inner), Between(1, 1 << 20)),
        For<ResidualTabularOptions>(nameof(ResidualTabularOptions.ResidualDropout), Below(0, 1)),
        For<NumericEmbeddingOptions>(nameof(NumericEmbeddingOptions.Bins), Between(0, 1 << 16)),
        For<NumericEmbeddingOptions>(nameof(NumericEmbeddingOptions.Frequencies), Between(0, 1 << 16)),
        For<NumericEmbeddingOptions>(nameof(NumericEmbeddingOptions.FrequencyScale), MoreThan(0)),
        For<NumericEmbeddingOptions>(nameof(NumericEmbeddingOptions.NumberSize), Between(1, 1 << 16)),
        For<OnnxModelOptions>(nameof(OnnxModelOptions.Path), Matches(@".*\S.*", "the path of an ONNX file")),
        For<OnnxModelOptions>(nameof(OnnxModelOptions.HeadNode), Matches(".+", "the name of a node or of its weight")),
        For<OnnxModelOptions>(nameof(OnnxModelOptions.Size), Matches(@"[1-9][0-9]{0,3}x[1-9][0-9]{0,3}", "height x width in pixels, each from 1 to 9999, for example 224x224")),
        For<OnnxModelOptions>(nameof(OnnxModelOptions.Mean), Each(Between(-1000, 1000))),
        For<OnnxModelOptions>(nameof(OnnxModelOptions.Std), Each(MoreThan(0))),

        For<TrainOptions>(nameof(TrainOptions.Engine), OneOf("ort", "torch", "auto")),
        For<TrainOptions>(nameof(TrainOptions.Device), Matches(@"(cpu|cuda(:[0-9]{1,4})?)", "cpu, cuda or cuda:n (n from 0)")),
        For<TrainOptions>(nameof(TrainOptions.Epochs), Between(1, 1_000_000)),
        For<TrainOptions>(nameof(TrainOptions.BatchSize), Between(0, 1 << 24)),
        For<TrainOptions>(nameof(TrainOptions.Accumulate), Between(1, 1 << 16)),
        For<TrainOptions>(nameof(TrainOptions.ClipNorm), MoreThan(0)),
        For<TrainOptions>(nameof(TrainOptions.CheckpointSeconds), MoreThan(0)),
        For<TrainOptions>(nameof(TrainOptions.Threads), Between(0, 4096)),
        For<CrossEntropyOptions>(nameof(CrossEntropyOptions.LabelSmoothing), Below(0, 1)),
        For<CrossEntropyOptions>(nameof(CrossEntropyOptions.ClassWeights), Each(MoreThan(0))),
        For<BinaryCrossEntropyOptions>(nameof(BinaryCrossEntropyOptions.ClassWeights), Each(MoreThan(0))),
        For<RegressionLossOptions>(nameof(RegressionLossOptions.Scale), MoreThan(0)),
        For<HuberOptions>(nameof(HuberOptions.Delta), MoreThan(0)),
        For<TrainOptions>(nameof(TrainOptions.Freeze), Each(ParameterPattern)),
        For<LoraOptions>(nameof(LoraOptions.Match), Each(ParameterPattern, minItems: 1)),
        For<LoraOptions>(nameof(LoraOptions.Rank), Between(1, 1 << 16)),
        For<LoraOptions>(nameof(LoraOptions.Alpha), MoreThan(0)),
        For<LoraOptions>(nameof(LoraOptions.Dropout), Below(0, 1)),
        For<LoraOptions>(nameof(LoraOptions.TrainAlso), Each(ParameterPattern)),
        For<PenaltyOptions>(nameof(PenaltyOptions.L1), AtLeast(0)),
        For<PenaltyOptions>(nameof(PenaltyOptions.L2), AtLeast(0)),
        For<GroupOptions>(nameof(GroupOptions.Match), ParameterPattern),
        For<GroupOptions>(nameof(GroupOptions.LearningRate), AtLeast(0)),
        For<GroupOptions>(nameof(GroupOptions.WeightDecay), AtLeast(0)),
        For<GroupOptions>(nameof(GroupOptions.FromEpoch), AtLeast(1)),
        For<GroupOptions>(nameof(GroupOptions.UntilEpoch), AtLeast(1)),
        For<FineTuneOptions>(nameof(FineTuneOptions.TrainLast), AtLeast(1)),
        For<FineTuneOptions>(nameof(FineTuneOptions.UnfreezeEvery), AtLeast(1)),
        For<FineTuneOptions>(nameof(FineTuneOptions.LayerDecay), MoreThanTo(0, 1)),
        For<FineTuneOptions>(nameof(FineTuneOptions.HeadRate), MoreThan(0)),
        For<EmaOptions>(nameof(EmaOptions.Decay), Below(0, 1)),
        For<SwaOptions>(nameof(SwaOptions.StartEpoch), AtLeast(1)),
        For<SwaOptions>(nameof(SwaOptions.EveryEpochs), AtLeast(1)),
        For<LookaheadOptions>(nameof(LookaheadOptions.Every), AtLeast(1)),
        For<LookaheadOptions>(nameof(LookaheadOptions.Alpha), MoreThanTo(0, 1)),
        For<EarlyStoppingOptions>(nameof(EarlyStoppingOptions.Patience), AtLeast(1)),
        For<EarlyStoppingOptions>(nameof(EarlyStoppingOptions.MinDelta), AtLeast(0)),

        For<OptimizerOptions>(nameof(OptimizerOptions.LearningRate), MoreThan(0)),
        For<OptimizerOptions>(nameof(OptimizerOptions.WeightDecay), AtLeast(0)),
        For<SgdOptions>(nameof(SgdOptions.Momentum), Below(0, 1)),
        For<AdamOptions>(nameof(AdamOptions.Beta1), Below(0, 1)),
        For<AdamOptions>(nameof(AdamOptions.Beta2), Below(0, 1)),
        For<AdamOptions>(nameof(AdamOptions.Epsilon), MoreThan(0)),
        For<AdagradOptions>(nameof(AdagradOptions.InitialAccumulator), AtLeast(0)),
        For<AdagradOptions>(nameof(AdagradOptions.Epsilon), MoreThan(0)),
        For<RmsPropOptions>(nameof(RmsPropOptions.Alpha), Below(0, 1)),
        For<RmsPropOptions>(nameof(RmsPropOptions.Epsilon), MoreThan(0)),
        For<RmsPropOptions>(nameof(RmsPropOptions.Momentum), Below(0, 1)),
        For<LionOptions>(nameof(LionOptions.Beta1), Below(0, 1)),
        For<LionOptions>(nameof(LionOptions.Beta2), Below(0, 1)),
        For<MuonOptions>(nameof(MuonOptions.Momentum), Below(0, 1)),
        For<MuonOptions>(nameof(MuonOptions.NewtonSchulzSteps), Between(1, 100)),
        For<MuonAdamWOptions>(nameof(MuonAdamWOptions.Match), Each(ParameterPattern)),
        For<MuonAdamWOptions>(nameof(MuonAdamWOptions.LearningRate), AtLeast(0)),
        For<MuonAdamWOptions>(nameof(MuonAdamWOptions.Beta1), Below(0, 1)),
        For<MuonAdamWOptions>(nameof(MuonAdamWOptions.Beta2), Below(0, 1)),
        For<MuonAdamWOptions>(nameof(MuonAdamWOptions.Epsilon), MoreThan(0)),
        For<MuonAdamWOptions>(nameof(MuonAdamWOptions.WeightDecay), AtLeast(0)),

        For<ScheduleOptions>(nameof(ScheduleOptions.WarmupEpochs), AtLeast(0)),
        For<StepScheduleOptions>(nameof(StepScheduleOptions.EveryEpochs), MoreThan(0)),
        For<StepScheduleOptions>(nameof(StepScheduleOptions.Gamma), Inside(0, 1)),
        For<CosineScheduleOptions>(nameof(CosineScheduleOptions.FinalFactor), Between(0, 1)),
        For<OneCycleScheduleOptions>(nameof(OneCycleScheduleOptions.RisingShare), Inside(0, 1)),
        For<OneCycleScheduleOptions>(nameof(OneCycleScheduleOptions.StartDivisor), AtLeast(1)),
        For<OneCycleScheduleOptions>(nameof(OneCycleScheduleOptions.FinalDivisor), AtLeast(1)),
        For<LinearScheduleOptions>(nameof(LinearScheduleOptions.FinalFactor), Between(0, 1)),
        For<InverseSquareRootScheduleOptions>(nameof(InverseSquareRootScheduleOptions.TimescaleEpochs), MoreThan(0)),
        For<ExponentialScheduleOptions>(nameof(ExponentialScheduleOptions.Gamma), Inside(0, 1)),
        For<PolynomialScheduleOptions>(nameof(PolynomialScheduleOptions.Power), MoreThan(0)),
        For<CosineRestartsScheduleOptions>(nameof(CosineRestartsScheduleOptions.PeriodEpochs), MoreThan(0)),
        For<CosineRestartsScheduleOptions>(nameof(CosineRestartsScheduleOptions.PeriodMultiplier), AtLeast(1)),
        For<CosineRestartsScheduleOptions>(nameof(CosineRestartsScheduleOptions.FinalFactor), Between(0, 1)),
        For<CyclicScheduleOptions>(nameof(CyclicScheduleOptions.PeriodEpochs), MoreThan(0)),
        For<CyclicScheduleOptions>(nameof(CyclicScheduleOptions.BaseFactor), Between(0, 1)),
        For<CyclicScheduleOptions>(nameof(CyclicScheduleOptions.Gamma), Inside(0, 1)),
        For<PlateauScheduleOptions>(nameof(PlateauScheduleOptions.Factor), Inside(0, 1)),
        For<PlateauScheduleOptions>(nameof(PlateauScheduleOptions.Patience), AtLeast(0)),
        For<PlateauScheduleOptions>(nameof(PlateauScheduleOptions.Threshold), Below(0, 1)),
        For<PlateauScheduleOptions>(nameof(PlateauScheduleOptions.Cooldown), AtLeast(0)),
        For<PlateauScheduleOptions>(nameof(PlateauScheduleOptions.MinFactor), Between(0, 1)),

        For<DistillOptions>(nameof(DistillOptions.Teacher), Each(Matches(@".*\S.*", "the path of an ONNX file"))),
        For<DistillOptions>(nameof(DistillOptions.Alpha), Between(0, 1)),
        For<DistillOptions>(nameof(DistillOptions.Temperature), MoreThan(0)),
        For<DistillOptions>(nameof(DistillOptions.Unlabelled), Below(0, 1)),
        For<DistillOptions>(nameof(DistillOptions.UnlabelledImages), Matches(@".*\S.*", "the path of a folder or an archive of images")),
        For<DistillOptions>(nameof(DistillOptions.Seeds), Between(1, 1000)),
        For<FeatureMatchOptions>(nameof(FeatureMatchOptions.Teacher), Matches(".+", "the name of a value of the teacher's graph")),
        For<FeatureMatchOptions>(nameof(FeatureMatchOptions.Student), Matches(".+", "the name of a value of the student's graph")),
        For<FeatureMatchOptions>(nameof(FeatureMatchOptions.Weight), MoreThan(0)),
        For<QuantizationAwareOptions>(nameof(QuantizationAwareOptions.Epochs), Between(1, 1_000_000)),
        For<QuantizationAwareOptions>(nameof(QuantizationAwareOptions.LearningRateShare), MoreThan(0)),
        For<QuantizationAwareOptions>(nameof(QuantizationAwareOptions.CalibrationBatches), AtLeast(1)),
        For<PruneOptions>(nameof(PruneOptions.MaxDrop), AtLeast(0)),
        For<SensitivityOptions>(nameof(SensitivityOptions.Amounts), Each(Inside(0, 1), minItems: 1)),
        For<SensitivityOptions>(nameof(SensitivityOptions.Samples), AtLeast(1)),
        For<PruneMethodOptions>(nameof(PruneMethodOptions.Layers), Each(LayerPattern)),
        For<PruneMethodOptions>(nameof(PruneMethodOptions.Exclude), Each(LayerPattern)),
        For<ChannelPruneOptions>(nameof(ChannelPruneOptions.Amount), Below(0, 1)),
        For<ChannelPruneOptions>(nameof(ChannelPruneOptions.RoundTo), Between(1, 1 << 16)),
        For<ChannelPruneOptions>(nameof(ChannelPruneOptions.Batches), AtLeast(1)),
        For<WeightPruneOptions>(nameof(WeightPruneOptions.Amount), Below(0, 1)),
        For<PatternPruneOptions>(nameof(PatternPruneOptions.Keep), Between(1, 1 << 16)),
        For<PatternPruneOptions>(nameof(PatternPruneOptions.Of), Between(2, 1 << 16)),
        For<IterativePruneOptions>(nameof(IterativePruneOptions.Rounds), Between(1, 1000)),
        For<GradualPruneOptions>(nameof(GradualPruneOptions.EverySteps), AtLeast(1)),
        For<GradualPruneOptions>(nameof(GradualPruneOptions.RampShare), MoreThanTo(0, 1)),
        For<LotteryPruneOptions>(nameof(LotteryPruneOptions.Rounds), Between(1, 1000)),
        For<LotteryPruneOptions>(nameof(LotteryPruneOptions.RewindEpoch), AtLeast(0)),

        For<ExportOptions>(nameof(ExportOptions.Opset), Between(13, 22)),
        For<ExportOptions>(nameof(ExportOptions.MaxAbsDiff), MoreThan(0)),
        For<ExportOptions>(nameof(ExportOptions.Samples), AtLeast(1)),
        For<ExportOptions>(nameof(ExportOptions.TopK), AtLeast(1)),
        For<BundleOptions>(nameof(BundleOptions.Train), Each(ParameterPattern)),
        For<BundleOptions>(nameof(BundleOptions.Accumulate), AtLeast(1)),
        For<BundleOptions>(nameof(BundleOptions.SpareClasses), Between(0, 1000)),

        For<CostThresholdOptions>(nameof(CostThresholdOptions.FalsePositive), MoreThan(0)),
        For<CostThresholdOptions>(nameof(CostThresholdOptions.FalseNegative), MoreThan(0)),

        For<Recipe>(nameof(Recipe.Quantize), Count(0, 100)),
        For<QuantizeOptions>(nameof(QuantizeOptions.Float), Each(Matches(".+", "a node's name, in which * stands for any characters"))),
        For<QuantizeOptions>(nameof(QuantizeOptions.MaxDrop), Between(0, 100)),
        For<QuantizeOptions>(nameof(QuantizeOptions.Tolerance), MoreThan(0)),
        For<StaticQuantizeOptions>(nameof(StaticQuantizeOptions.CalibrationSamples), AtLeast(1)),
        For<StaticQuantizeOptions>(nameof(StaticQuantizeOptions.Bins), Between(2048, 1 << 20)),
        For<StaticQuantizeOptions>(nameof(StaticQuantizeOptions.Percentile), MoreThanTo(50, 100)),
        For<WeightOnlyQuantizeOptions>(nameof(WeightOnlyQuantizeOptions.Bits), Between(4, 8)),
        For<WeightOnlyQuantizeOptions>(nameof(WeightOnlyQuantizeOptions.BlockSize), Between(16, 128)),
        For<Float16QuantizeOptions>(nameof(Float16QuantizeOptions.FloatOps), Each(Matches("[A-Z][A-Za-z0-9]*", "an operator's name, for example Softmax"))),

        For<EvaluateOptions>(nameof(EvaluateOptions.BatchSize), Between(1, 1 << 24)),

        For<SweepOptions>(nameof(SweepOptions.Repeat), Between(1, 1000)),
        For<SweepOptions>(nameof(SweepOptions.Random), Between(1, 1_000_000)),
        For<HalvingOptions>(nameof(HalvingOptions.Eta), Between(2, 1000)),
        For<HalvingOptions>(nameof(HalvingOptions.MinEpochs), AtLeast(1)),

        .. SlurmRules.Options,
    ];

    /// <summary>The rule for an option of a record, its own or inherited; null if there is none.</summary>
    public static Constraint? Of(Type record, string key) => Options.FirstOrDefault(r => r.Key == key && r.Record.IsAssignableFrom(record))?.Constraint;

    private static Constraint RecipeName => Matches(@"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit");

    private static Constraint LayerPattern => Matches(".+", "the name of a node or a weight, in which * stands for any characters");

    private static Constraint ParameterPattern => Matches(".+", "a parameter's name, in which * stands for any characters");
}
