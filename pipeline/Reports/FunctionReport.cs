using System.Globalization;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Reports.Sections;
using OnnxPipeline.Training.Functions;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>The page of a search for a function's minimum.</summary>
internal static class FunctionReport
{
    private const int MostRows = 20;

    private static readonly Axis Step = new("step") { Whole = true };

    /// <param name="run">What the run made.</param>
    /// <param name="record">The run itself, where one is known.</param>
    public static Page Of(ReportedFunction run, RunRecord? record = null) => new(
        run.Recipe,
        record is null ? run.Formula : $"{run.Formula}, run {record.Id}, begun {record.Started.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
        Headline(run.Way),
        [
            SurfaceSection.Of(run),
            Steps(run.Way),
            RecipeSection.Of(run.Options),
        ]);

    private static IReadOnlyList<Figure> Headline(FunctionPath way)
    {
        var end = way.Points[^1];
        var lowest = way.Points.MinBy(p => p.Value)!;
        return
        [
            new(Show.Number(end.Value), "value at the end", $"{Show.Number(way.Points[0].Value)} at the start"),
            new(string.Join(", ", end.At.Select(x => Show.Number(x))), $"where: {string.Join(", ", way.Variables)}"),
            new(Show.Number(end.GradientNorm), "norm of the gradient there", $"{Show.Number(way.Points[0].GradientNorm)} at the start"),
            new(Show.Count(way.Points.Count - 1), "steps", $"lowest value {Show.Number(lowest.Value)}"),
        ];
    }

    private static Section Steps(FunctionPath way) => new("Step by step",
        new LineChart { Title = "Value", X = Step, Y = new("value"), Series = [Line(way, "value", p => p.Value)] },
        new LineChart { Title = "Norm of the gradient", X = Step, Y = new("norm") { Log = true, Format = "~g" }, Series = [Line(way, "norm", p => p.GradientNorm > 0 ? p.GradientNorm : null)] },
        Last(way));

    private static Series Line(FunctionPath way, string name, Func<FunctionPoint, double?> figure) => new(name, [.. way.Points.Select((p, i) => ((double)i, figure(p)))]);

    private static Table Last(FunctionPath way)
    {
        var first = Math.Max(0, way.Points.Count - MostRows);
        return new Table(["step", .. way.Variables, "value", "norm of the gradient"],
        [
            .. way.Points.Skip(first).Select((p, i) => (IReadOnlyList<string>)[(first + i).ToString(CultureInfo.InvariantCulture), .. p.At.Select(x => Show.Number(x)), Show.Number(p.Value), Show.Number(p.GradientNorm)]),
        ])
        {
            Title = first > 0 ? $"The last {MostRows} points" : "Points",
            Folded = true,
            NumbersFrom = 0,
        };
    }
}
