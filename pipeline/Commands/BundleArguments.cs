using System.CommandLine;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Optimizers;
using Option = System.CommandLine.Option;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>The options of "export --on-device" that say what a device trains, and how: those of a recipe's export.onDevice.</summary>
internal sealed class BundleArguments
{
    private const string Sgd = "sgd";
    private const string Adam = "adam";
    private const string AdamW = "adamw";

    private static readonly BundleOptions Unset = new();

    private readonly Option<string[]> _train = new("--train") { Description = "Names of the weights that a device trains; * stands for any characters. [default: all]", HelpName = "PATTERN", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _optimizer = new("--optimizer") { Description = $"{Sgd}, {Adam} or {AdamW}.", HelpName = "NAME", DefaultValueFactory = _ => AdamW };
    private readonly Option<double?> _learningRate = new("--learning-rate") { Description = "The learning rate where the app names none. [default: 0.001]", HelpName = "RATE" };
    private readonly Option<double?> _weightDecay = new("--weight-decay") { Description = $"Weight decay of matrices and kernels. [default: 0.01 for {AdamW}, else 0]", HelpName = "X" };
    private readonly Option<double?> _momentum = new("--momentum") { Description = $"{Sgd}: momentum, in [0, 1). [default: 0.9]", HelpName = "X" };
    private readonly Option<bool?> _nesterov = new("--nesterov") { Description = $"{Sgd}: Nesterov's momentum." };
    private readonly Option<int> _accumulate = new("--accumulate") { Description = "Batches whose gradients make one step.", HelpName = "N", DefaultValueFactory = _ => Unset.Accumulate };
    private readonly Option<string?> _batchNorm = new("--batch-norm") { Description = $"Batch normalisation in layers that are trained, where the model has it still: {ListOption.Valid<BatchNormTuning>()}. [default: frozen]", HelpName = "HOW" };
    private readonly Option<int> _spare = new("--spare-classes") { Description = "Classes to be added on the device.", HelpName = "N", DefaultValueFactory = _ => Unset.SpareClasses };
    private readonly Option<string?> _labels = new("--labels") { Description = "Class names, or a file with one a line. [default: the model's own, else numbers]", HelpName = "NAME,...|FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_train, _optimizer, _learningRate, _weightDecay, _momentum, _nesterov, _accumulate, _batchNorm, _spare, _labels]) command.Add(option);
    }

    /// <exception cref="UsageException">A name or a number is none that there is, or an option is not the optimizer's.</exception>
    public BundleOptions Read(ParseResult line)
    {
        if (line.GetValue(_accumulate) < 1) throw new UsageException("--accumulate must be at least 1.");
        if (line.GetValue(_spare) < 0) throw new UsageException("--spare-classes must be at least 0.");
        return new BundleOptions
        {
            Train = line.GetValue(_train) ?? [],
            Optimizer = ReadOptimizer(line),
            Accumulate = line.GetValue(_accumulate),
            BatchNorm = ListOption.Chosen(line.GetValue(_batchNorm), "kind of batch normalisation", Unset.BatchNorm),
            SpareClasses = line.GetValue(_spare),
        };
    }

    /// <summary>The class names that are given; null for none.</summary>
    public IReadOnlyList<string>? Labels(ParseResult line, CliServices services)
    {
        if (line.GetValue(_labels) is not { } given) return null;
        var file = Path.GetFullPath(given, services.Folder);
        return File.Exists(file) ? [.. File.ReadLines(file).Select(l => l.Trim()).Where(l => l.Length > 0)] : ListOption.Of(given);
    }

    private OptimizerOptions ReadOptimizer(ParseResult line)
    {
        var name = line.GetRequiredValue(_optimizer);
        OptimizerOptions options = name switch
        {
            Sgd => new SgdOptions { Momentum = line.GetValue(_momentum) ?? 0.9, Nesterov = line.GetValue(_nesterov) ?? false },
            Adam => new AdamOptions(),
            AdamW => new AdamWOptions(),
            _ => throw new UsageException($"There is no optimizer '{name}' for devices. Valid: {Sgd}, {Adam}, {AdamW}."),
        };
        foreach (var option in new Option[] { _momentum, _nesterov }.Where(o => name != Sgd && line.GetResult(o) is { Implicit: false }))
            throw new UsageException($"{option.Name} is for the optimizer {Sgd}, and --optimizer is {name}.");
        if (line.GetValue(_learningRate) is { } rate && !(rate > 0 && double.IsFinite(rate))) throw new UsageException($"--learning-rate is {rate}; expected a number above 0.");
        return options with { LearningRate = line.GetValue(_learningRate) ?? options.LearningRate, WeightDecay = line.GetValue(_weightDecay) ?? options.WeightDecay };
    }
}
