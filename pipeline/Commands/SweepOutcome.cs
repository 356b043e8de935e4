using System.Text.Json;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What a sweep leaves and says at its end: files, table, and how to have the best trial.</summary>
/// <param name="sweep">All its trials.</param>
/// <param name="trials">Where they ran.</param>
/// <param name="rerun">The command that runs the recipe, without changes.</param>
/// <param name="setsOf">The changes that make the recipe that of a combination, by the number of its first trial.</param>
/// <param name="services">The world.</param>
internal sealed class SweepOutcome(SweepRecord sweep, TrialRuns trials, string rerun, Func<int, IReadOnlyList<string>> setsOf, CliServices services)
{
    /// <summary>Writes and prints it; the exit code.</summary>
    /// <param name="json">Whether the record is printed instead of the table.</param>
    /// <param name="publish">The recipe of a combination by its first trial's number, to make the best artifacts/latest; null to leave that as it is.</param>
    /// <param name="cancellation">Ends the run that publishes.</param>
    public int Show(bool json, Func<int, Recipe>? publish, CancellationToken cancellation)
    {
        var folder = SweepFiles.Write(sweep, trials.Artifacts);
        var ranked = SweepRanking.Of(sweep.Trials, new SweepMetric(sweep.Metric, sweep.HigherIsBetter));
        if (json) services.Out.WriteLine(JsonSerializer.Serialize(sweep, SweepJson.Default.SweepRecord));
        else services.Out.Write(SweepTable.Of(sweep, ranked));
        if (ranked is [{ Status: TrialStatus.Done } best, ..])
        {
            if (publish is not null)
            {
                RunView.Watch(services, observer =>
                {
                    trials.Publish(publish(best.First.Number), observer, cancellation);
                    return true;
                });
            }
            if (!json) services.Out.WriteLine(Best(best, publish is not null));
        }
        if (!json) services.Out.WriteLine($"sweep {sweep.Id} in {folder}");
        return sweep.Trials.Any(t => t.Status == TrialStatus.Failed) ? Cli.Failed : Cli.Done;
    }

    private string Best(RankedPoint best, bool published) =>
        $"best: run {best.First.RunId}, {sweep.Metric} = {SweepTable.Value(best)}\n"
        + (published ? "it is now artifacts/latest" : $"to make it artifacts/latest, all of it cached: {rerun} {ShellText.Line(setsOf(best.First.Number).SelectMany(set => new[] { "--set", set }))}");
}
