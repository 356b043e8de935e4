using System.Globalization;
using OnnxPipeline.Pipeline.Reports.Analysis;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Training.Functions;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>The function around the way that was taken: from above for two variables, as a curve for one, not at all for more.</summary>
internal static class SurfaceSection
{
    private const int Side = 90;
    private const int CurvePoints = 300;
    private const double Margin = 0.2;

    public static Section Of(ReportedFunction run)
    {
        if (run.Way.Variables.Count > 2) return new Section("The way down");
        using var function = new DifferentiableFunction(run.Model);
        return new Section("The way down", run.Way.Variables.Count == 2 ? FromAbove(run.Way, function) : Curve(run.Way, function));
    }

    private static ContourChart FromAbove(FunctionPath way, DifferentiableFunction function)
    {
        var gradient = new float[2];
        var spread = Math.Max(Spread(way, 0), Spread(way, 1));
        var (x, y) = (Range(way, 0, spread), Range(way, 1, spread));
        return new ContourChart
        {
            Title = "From above",
            Caption = "The bluer, the deeper. The lines' values lie closer together towards the bottom, so that valleys show.",
            Wide = true,
            X = new(way.Variables[0]) { Domain = x },
            Y = new(way.Variables[1]) { Domain = y },
            Surface = SurfaceGrid.Sample(x, y, Side, (a, b) => function.Evaluate([(float)a, (float)b], gradient)),
            Way = [.. way.Points.Select(p => new WayPoint(p.At[0], p.At[1], p.Value, string.Create(CultureInfo.InvariantCulture, $"{way.Variables[0]} = {p.At[0]:G5}, {way.Variables[1]} = {p.At[1]:G5}")))],
        };
    }

    private static LineChart Curve(FunctionPath way, DifferentiableFunction function)
    {
        var gradient = new float[1];
        var (low, high) = Range(way, 0, Spread(way, 0));
        var curve = Enumerable.Range(0, CurvePoints + 1).Select(i => low + (high - low) * i / CurvePoints).Select(x => (x, (double?)function.Evaluate([(float)x], gradient)));
        return new LineChart
        {
            Title = "The curve",
            Wide = true,
            X = new(way.Variables[0]) { Domain = (low, high) },
            Y = new("value"),
            Series = [new("value", [.. curve])],
            Callouts = [new(way.Points[0].At[0], way.Points[0].Value, "start"), new(way.Points[^1].At[0], way.Points[^1].Value, "end")],
            Height = 320,
        };
    }

    private static (double Low, double High) Extent(FunctionPath way, int axis) => (way.Points.Min(p => p.At[axis]), way.Points.Max(p => p.At[axis]));

    private static double Spread(FunctionPath way, int axis) => way.Points.Max(p => p.At[axis]) - (double)way.Points.Min(p => p.At[axis]);

    /// <summary>What the way goes through along an axis, with room around it; a way that hardly moves gets a unit's room.</summary>
    private static (double Low, double High) Range(FunctionPath way, int axis, double spread)
    {
        var (low, high) = Extent(way, axis);
        var room = spread > 0 ? Margin * spread : Math.Max(1, Math.Abs(low));
        return (low - room, high + room);
    }
}
