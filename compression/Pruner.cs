using System.Globalization;
using OnnxPipeline.Compression.Pruning;
using OnnxPipeline.Compression.Pruning.Channels;
using OnnxPipeline.Compression.Pruning.Masks;
using OnnxPipeline.Compression.Pruning.Search;
using OnnxPipeline.Compression.Scoring;
using OnnxPipeline.Export;
using OnnxPipeline.Training;

namespace OnnxPipeline.Compression;

/// <summary>Prunes models in training's form: prune, fine-tune, look what it costs, and go on while that is allowed.</summary>
public sealed class Pruner
{
    private readonly PruneOptions _options;
    private readonly PruneSetup _setup;
    private readonly TrainOptions? _training;
    private readonly ModelScorer _scorer;

    /// <exception cref="PruneException">An option is out of range, or there are no validation samples.</exception>
    public Pruner(PruneOptions options, PruneSetup setup)
    {
        if (string.Join(" ", PruneCheck.Problems(options)) is { Length: > 0 } problems) throw new PruneException(problems);
        if (setup.Dataset.Validation.Count == 0) throw new PruneException($"Pruning looks at validation samples to see what it costs, and {setup.Dataset.Name} has none. Set data.validation above 0.");
        (_options, _setup) = (options, setup);
        var training = options.FineTune ?? (options.Schedule is LotteryPruneOptions ? setup.Training : null);
        _training = training is null ? null : training with { Loss = training.Loss ?? setup.Training.Loss };
        _scorer = new ModelScorer(HeldOutSamples.Of(setup.Dataset, setup.Dataset.Validation));
    }

    /// <summary>Prunes a model; the model itself is left as it is.</summary>
    /// <exception cref="PruneException">Nothing of the model can be pruned, or the options do not fit it.</exception>
    /// <exception cref="TrainingException">Fine-tuning cannot start or go on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was trained is in the work folder.</exception>
    public PruneResult Prune(Model model, CancellationToken cancellation = default)
    {
        var method = MethodFor(model);
        var tuner = _training is null ? null : new FineTuner(_setup, _training, cancellation);
        var (count, step) = RoundSteps.Of(_options.Schedule, method, tuner, _setup, cancellation);
        var before = Figures(model, _scorer.Score(model, cancellation));
        var budget = new AccuracyBudget(before.Score, _scorer.Classifies, _options.MaxDrop);

        var sensitivity = _options.Sensitivity is { } scan ? SensitivityScan.Run(scan, method, new ModelScorer(HeldOutSamples.Of(_setup.Dataset, _setup.Dataset.Validation, scan.Samples)), cancellation) : [];
        var rounds = new List<PruneRound>();
        var (kept, keptRound, current) = (model, 0, model);
        string? stopped = null;
        for (var round = 1; round <= count && stopped is null; round++)
        {
            var outcome = step(round, current, ShareAfter(round, count, method.Amount));
            var facts = Facts(round, method, outcome, cancellation);
            rounds.Add(facts);
            _setup.Note?.Invoke(Line(facts, count, method.Unit));
            current = outcome.Trained;
            if (budget.Allows(facts.Score)) (kept, keptRound) = (current, round);
            else stopped = Stopped(round, budget.Explain(facts.Score));
        }
        if (stopped is not null) _setup.Note?.Invoke(stopped);

        return new PruneResult(kept, new PruneReport
        {
            Classifies = _scorer.Classifies,
            Before = before,
            After = Figures(kept, keptRound == 0 ? before.Score : rounds[keptRound - 1].Score),
            Rounds = rounds,
            KeptRound = keptRound,
            Stopped = stopped,
            Unit = method.Unit,
            Layers = method.Compare(kept),
            Declined = method.Declined,
            Sensitivity = sensitivity,
        });
    }

    private IPruneMethod MethodFor(Model model) => _options.Method is ChannelPruneOptions channels
        ? new ChannelMethod(model, channels, _setup.Dataset.Train, _setup.Training.Loss)
        : new MaskMethod(model, _options.Method, _training?.Freeze ?? []);

    private PruneRound Facts(int round, IPruneMethod method, RoundOutcome outcome, CancellationToken cancellation)
    {
        double Score(Model model) => _scorer.Score(model, cancellation);
        double? pruned = outcome.Pruned is null ? null : Score(outcome.Pruned);
        var trained = outcome.Trained == outcome.Pruned ? pruned!.Value : Score(outcome.Trained);
        return new PruneRound(round, method.Left(outcome.Trained), pruned, trained, outcome.Control is null ? null : Score(outcome.Control));
    }

    /// <summary>Every round leaves the same share of what the one before it left.</summary>
    internal static double ShareAfter(int round, int rounds, double amount) => round == rounds ? amount : 1 - Math.Pow(1 - amount, (double)round / rounds);

    private static string Stopped(int round, string cost) => round == 1
        ? $"the first round already costs {cost}: the model is left as it was"
        : $"round {round} costs {cost}: the model of round {round - 1} is kept";

    private string Line(PruneRound facts, int count, string unit)
    {
        string Of(double score) => _scorer.Classifies ? string.Create(CultureInfo.InvariantCulture, $"accuracy {100 * score:0.00} %") : string.Create(CultureInfo.InvariantCulture, $"RMSE {-score:G5}");
        var untrained = facts.PrunedScore is { } pruned && _training is not null ? $"{Of(pruned)} as pruned, " : "";
        var control = facts.ControlScore is { } score ? $", on random weights {Of(score)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"round {facts.Round}/{count}  {100 * facts.Left:0.#} % of the {unit} left  {untrained}validation {Of(facts.Score)}{control}");
    }

    private static ModelFigures Figures(Model model, double score)
    {
        var counts = ModelCounts.Of(model);
        return new ModelFigures(score, counts.Parameters, counts.NonZero, counts.MultiplyAdds, counts.FileBytes);
    }
}
