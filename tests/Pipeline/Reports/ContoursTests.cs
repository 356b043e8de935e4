using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Pipeline.Reports.Analysis;

namespace OnnxPipeline.Pipeline.Tests.Reports;

public sealed class ContoursTests
{
    [Fact]
    public void The_lines_of_a_cone_are_circles()
    {
        var cone = SurfaceGrid.Sample((-1, 1), (-1, 1), 50, (x, y) => Math.Sqrt(x * x + y * y));
        var lines = Contours.Lines(cone, [0.25, 0.75]).ToArray();
        Assert.Equal([0.25, 0.75], lines.Select(l => l.Level).Distinct());
        Assert.All(lines, l => Assert.Equal(l.Level, Math.Sqrt(l.From.X * l.From.X + l.From.Y * l.From.Y), 2e-3));
        foreach (var circle in lines.GroupBy(l => l.Level))
        {
            var length = circle.Sum(l => Math.Sqrt(Math.Pow(l.To.X - l.From.X, 2) + Math.Pow(l.To.Y - l.From.Y, 2)));
            Assert.Equal(2 * Math.PI * circle.Key, length, 0.01);
        }
    }

    [Fact]
    public void Every_end_of_a_line_is_another_ones_or_lies_on_the_border() => Prop.ForAll(
        Gen.Choose(-9, 9).ArrayOf(36).ToArbitrary(), heights =>
        {
            var grid = new SurfaceGrid((0, 5), (0, 5), new double[6, 6]);
            for (var i = 0; i < 36; i++) grid.Values[i / 6, i % 6] = heights[i];
            var ends = Contours.Lines(grid, [0.5]).SelectMany(l => new[] { l.From, l.To }).Select(p => (Math.Round(p.X, 9), Math.Round(p.Y, 9)));
            return ends.GroupBy(p => p).All(p => p.Count() == 2 || p.Key.Item1 is 0 or 5 || p.Key.Item2 is 0 or 5);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_strips_cover_the_plane_but_for_its_holes_and_their_bands_hold_the_values()
    {
        var grid = SurfaceGrid.Sample((0, 4), (0, 2), 20, (x, y) => x + y);
        var levels = Contours.Levels(grid, 5);
        Assert.Equal((0, 6, 6), (levels[0], levels[^1], levels.Count));
        var strips = Contours.Strips(grid, levels).ToArray();
        Assert.Equal(8, strips.Sum(AreaOf), 1e-9);
        Assert.All(strips, s => Assert.InRange((s.BottomLeft.X + s.TopRight.X + s.BottomLeft.Y + s.TopRight.Y) / 2, levels[s.Band], levels[s.Band + 1]));

        grid.Values[3, 3] = double.NaN;
        Assert.Equal(8 - 4 * 8.0 / 400, Contours.Strips(grid, levels).Sum(AreaOf), 1e-9);
        Assert.All(Contours.Lines(grid, levels), l => Assert.True(double.IsFinite(l.From.X + l.From.Y + l.To.X + l.To.Y)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_flat_surface_and_one_of_holes_have_no_levels(double height) =>
        Assert.Empty(Contours.Levels(SurfaceGrid.Sample((0, 1), (0, 1), 4, (_, _) => height), 10));

    private static double AreaOf(ContourStrip strip) => (strip.TopRight.X - strip.BottomLeft.X) * (strip.TopRight.Y - strip.BottomLeft.Y);
}
