using System.Globalization;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>What can be asked of a sweep: its trials in order of merit, and the values of the options that vary.</summary>
internal sealed class SweepFigures(SweepRecord sweep)
{
    /// <summary>A quantity whose values span this many powers of ten or more is laid on a logarithmic axis.</summary>
    private const double Decades = 2;

    private const string None = "–";

    public SweepRecord Sweep { get; } = sweep;

    /// <summary>Trials with a result, the best first.</summary>
    public IReadOnlyList<TrialRecord> Ranked { get; } =
    [
        .. sweep.Trials.Where(t => MetricOf(sweep, t) is not null).OrderBy(t => (sweep.HigherIsBetter ? -1 : 1) * MetricOf(sweep, t)).ThenBy(t => t.Number),
    ];

    /// <summary>What the trials are ranked by; null where the trial has no such figure.</summary>
    public double? Metric(TrialRecord trial) => MetricOf(Sweep, trial);

    /// <summary>Training accuracy less validation accuracy at the last epoch; null where one is missing.</summary>
    public static double? Gap(TrialRecord trial) => trial.Epochs is [.., { TrainAccuracy: { } train, ValidationAccuracy: { } validation }] ? train - validation : null;

    /// <summary>The value of an option as the recipe writes it.</summary>
    public static string Value(TrialRecord trial, string parameter) => trial.Values.GetValueOrDefault(parameter, None);

    public static double? Number(TrialRecord trial, string parameter) =>
        double.TryParse(Value(trial, parameter), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>All values of a trial, for example "learningRate 0.01, batchSize 32".</summary>
    public string Values(TrialRecord trial) => string.Join(", ", Sweep.Parameters.Select(p => $"{Short(p)} {Value(trial, p)}"));

    /// <summary>Whether all values are numbers, and not one and the same.</summary>
    public bool IsNumeric(string parameter) =>
        Sweep.Trials.All(t => Number(t, parameter) is not null) && Sweep.Trials.Select(t => Number(t, parameter)).Distinct().Count() > 1;

    /// <summary>Each value once: numbers by size, others as they come.</summary>
    public IReadOnlyList<string> Distinct(string parameter)
    {
        var trials = Sweep.Trials.DistinctBy(t => Value(t, parameter));
        return [.. (IsNumeric(parameter) ? trials.OrderBy(t => Number(t, parameter)) : trials).Select(t => Value(t, parameter))];
    }

    public Axis AxisOf(string parameter)
    {
        var values = Sweep.Trials.Select(t => Number(t, parameter)).OfType<double>().ToArray();
        var positive = values.Where(v => v > 0).ToArray();
        var wide = values.Min() >= 0 && positive.Length > 0 && Math.Log10(positive.Max() / positive.Min()) >= Decades;
        var axis = new Axis(Short(parameter)) { Format = "~g" };
        return !wide ? axis
            : values.Min() > 0 ? axis with { Log = true }
            : axis with { LogFrom = positive.Min(), Ticks = [.. values.Distinct().Order()] };
    }

    /// <summary>The last name of a path, which people know the option by.</summary>
    public static string Short(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static double? MetricOf(SweepRecord sweep, TrialRecord trial) => trial.Metrics.TryGetValue(sweep.Metric, out var value) && double.IsFinite(value) ? value : null;
}
