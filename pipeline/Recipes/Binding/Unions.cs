using OnnxPipeline.Compression;
using OnnxPipeline.Export.Thresholds;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Pipeline.Recipes.Binding;

/// <summary>An abstract options record whose case a recipe chooses by name, under the key <see cref="Key"/>.</summary>
internal sealed record Union(Type Base, params (string Name, Type Type)[] Cases)
{
    public const string Key = "name";

    public IEnumerable<string> Names => Cases.Select(c => c.Name);
}

/// <summary>Every choice by name that a recipe offers. A new model, optimizer or schedule is one line here.</summary>
internal static class Unions
{
    public static readonly IReadOnlyList<Union> All =
    [
        new(typeof(ModelOptions),
            ("mlp", typeof(MlpOptions)),
            ("cnn", typeof(CnnOptions)),
            ("logistic", typeof(LogisticOptions)),
            ("residual-mlp", typeof(ResidualMlpOptions)),
            ("block-cnn", typeof(BlockCnnOptions)),
            ("resnet", typeof(ResNetOptions)),
            ("resnet18", typeof(ResNet18Options)),
            ("regularized-cnn", typeof(RegularizedCnnOptions)),
            ("airbench", typeof(AirbenchOptions)),
            ("tabular-mlp", typeof(TabularMlpOptions)),
            ("wide-deep", typeof(WideDeepOptions)),
            ("deep-cross", typeof(DeepCrossOptions)),
            ("residual-tabular", typeof(ResidualTabularOptions)),
            ("numeric-embedding-mlp", typeof(NumericEmbeddingOptions)),
            ("onnx", typeof(OnnxModelOptions))),
        new(typeof(LossOptions),
            ("cross-entropy", typeof(CrossEntropyOptions)),
            ("binary-cross-entropy", typeof(BinaryCrossEntropyOptions)),
            ("mean-squared", typeof(MeanSquaredOptions)),
            ("huber", typeof(HuberOptions))),
        new(typeof(OptimizerOptions),
            ("sgd", typeof(SgdOptions)),
            ("adam", typeof(AdamOptions)),
            ("adamw", typeof(AdamWOptions)),
            ("adagrad", typeof(AdagradOptions)),
            ("rmsprop", typeof(RmsPropOptions)),
            ("lion", typeof(LionOptions)),
            ("muon", typeof(MuonOptions))),
        new(typeof(AveragingOptions),
            ("ema", typeof(EmaOptions)),
            ("swa", typeof(SwaOptions)),
            ("lookahead", typeof(LookaheadOptions))),
        new(typeof(ScheduleOptions),
            ("constant", typeof(ConstantScheduleOptions)),
            ("step", typeof(StepScheduleOptions)),
            ("cosine", typeof(CosineScheduleOptions)),
            ("one-cycle", typeof(OneCycleScheduleOptions)),
            ("linear", typeof(LinearScheduleOptions)),
            ("inverse-square-root", typeof(InverseSquareRootScheduleOptions)),
            ("exponential", typeof(ExponentialScheduleOptions)),
            ("polynomial", typeof(PolynomialScheduleOptions)),
            ("cosine-restarts", typeof(CosineRestartsScheduleOptions)),
            ("cyclic", typeof(CyclicScheduleOptions)),
            ("plateau", typeof(PlateauScheduleOptions))),
        new(typeof(PruneMethodOptions),
            ("channels", typeof(ChannelPruneOptions)),
            ("weights", typeof(WeightPruneOptions)),
            ("n-of-m", typeof(PatternPruneOptions))),
        new(typeof(PruneScheduleOptions),
            ("one-shot", typeof(OneShotPruneOptions)),
            ("iterative", typeof(IterativePruneOptions)),
            ("gradual", typeof(GradualPruneOptions)),
            ("lottery", typeof(LotteryPruneOptions))),
        new(typeof(ThresholdOptions),
            ("closest-to-corner", typeof(CornerThresholdOptions)),
            ("youden", typeof(YoudenThresholdOptions)),
            ("cost", typeof(CostThresholdOptions))),
        new(typeof(QuantizeOptions),
            ("static", typeof(StaticQuantizeOptions)),
            ("dynamic", typeof(DynamicQuantizeOptions)),
            ("weight-only", typeof(WeightOnlyQuantizeOptions)),
            ("float16", typeof(Float16QuantizeOptions)),
            ("bfloat16", typeof(BFloat16QuantizeOptions))),
    ];

    public static Union? Of(Type type) => All.FirstOrDefault(u => u.Base == type);

    /// <summary>The name under which a record is a case of a union; null if it is none.</summary>
    public static string? CaseName(Type type) => All.SelectMany(u => u.Cases).FirstOrDefault(c => c.Type == type).Name;
}
