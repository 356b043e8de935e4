using OnnxPipeline.Pipeline.Reports.Charts;

namespace OnnxPipeline.Pipeline.Tests.Reports;

public sealed class ChartTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(null)]
    public void A_value_that_is_no_number_is_a_gap(double? value)
    {
        var spec = Line([(1, 0.5), (2, value), (3, 0.25)]).ToVegaLite();
        Assert.Equal([0.5, null, 0.25], spec["data"]!["values"]!.AsArray().Select(row => (double?)row!["y"]));
    }

    [Fact]
    public void Numbers_are_written_in_six_digits() =>
        Assert.Equal("0.333333", Line([(1, 1.0 / 3)]).ToVegaLite()["data"]!["values"]![0]!["y"]!.ToJsonString());

    [Fact]
    public void An_axis_has_its_unit_in_the_title_and_its_scale()
    {
        var encoding = (new Axis("time", "s") { Log = true }).Encode("x");
        Assert.Equal(("time (s)", "log"), ((string?)encoding["title"], (string?)encoding["scale"]!["type"]));
        Assert.Equal("[0,1]", Axis.Share("accuracy").Encode("y")["scale"]!["domain"]!.ToJsonString());
    }

    [Fact]
    public void A_heatmap_of_equal_values_and_of_none_divides_by_nothing()
    {
        var map = new Heatmap { Title = "t", RowTitle = "r", ColumnTitle = "c", ValueTitle = "v", Cells = [new("a", "a", 3, "3"), new("a", "b", 3, "3"), new("a", "c", null, ""), new("a", "d", double.NaN, "")] };
        Assert.Equal([1, 1, 0, 0], Strengths(map));
        Assert.Empty(Strengths(map with { Cells = [] }));

        static IEnumerable<double> Strengths(Heatmap map) => map.ToVegaLite()["data"]!["values"]!.AsArray().Select(row => (double)row!["strength"]!);
    }

    [Fact]
    public void A_facet_gives_a_name_the_same_colour_in_every_panel()
    {
        var spec = new FacetChart { Title = "t", X = Axis.Epoch, Y = new("y"), Panels = [new("one", [Named("b"), Named("a")]), new("two", [Named("a")])] }.ToVegaLite();
        var colour = spec["spec"]!["layer"]![0]!["encoding"]!["color"]!["scale"]!;
        Assert.Equal("""["b","a"]""", colour["domain"]!.ToJsonString());
        Assert.Equal(["one", "one", "two"], spec["data"]!["values"]!.AsArray().Select(row => (string?)row!["panel"]));
    }

    [Fact]
    public void Names_on_an_axis_are_told_apart_and_cut()
    {
        Assert.Equal(["a", "b", "a (2)"], UniqueNames.Of(["a", "b", "a"]));
        Assert.Equal(40, UniqueNames.Of([new string('x', 500)])[0].Length);
    }

    [Fact]
    public void Colours_in_order_run_from_one_end_to_the_other()
    {
        Assert.Equal(["0%", "50%", "100%"], Theme.Ordered(3).Select(c => c.Split(' ')[3].TrimEnd(',')));
        Assert.Single(Theme.Ordered(1));
    }

    private static Series Named(string name) => new(name, [(1, 1)]);

    private static LineChart Line(IReadOnlyList<(double, double?)> points) => new() { Title = "t", X = Axis.Epoch, Y = new("y"), Series = [new Series("s", points)] };
}
