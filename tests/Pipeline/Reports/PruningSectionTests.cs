using OnnxPipeline.Compression;
using OnnxPipeline.Export;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Reports.Sections;

namespace OnnxPipeline.Pipeline.Tests.Reports;

public sealed class PruningSectionTests
{
    private static readonly PruneReport Lottery = new()
    {
        Classifies = true,
        Before = new ModelFigures(0.9, 1000, 1000, 5000, 4200),
        After = new ModelFigures(0.89, 1000, 250, 5000, 4200),
        Rounds = [new(1, 0.5, 0.2, 0.9, 0.88), new(2, 0.25, 0.1, 0.89, 0.8)],
        KeptRound = 2,
        Unit = "weights",
        Layers = [new("conv.weight", 1000, 250)],
        Declined = [new PassNote("head", "not chosen by prune.method")],
        Sensitivity = [new("conv.weight", [new(0.1, 0.9), new(0.9, 0.3)])],
    };

    [Fact]
    public void A_lottery_is_drawn_as_tickets_and_control_from_the_dense_model_on()
    {
        var chart = PruningSection.Of(Lottery).Blocks.OfType<LineChart>().First();
        Assert.Equal(["after training", "as pruned", "on random weights"], chart.Series.Select(s => s.Name));
        Assert.Equal([(1, 0.9), (0.5, 0.9), (0.25, 0.89)], chart.Series[0].Points.Select(p => (p.X, p.Y!.Value)));
        Assert.Equal([(0.5, 0.88), (0.25, 0.8)], chart.Series[2].Points.Select(p => (p.X, p.Y!.Value)));
    }

    [Fact]
    public void The_scan_has_a_line_a_layer_and_the_layers_a_row_each()
    {
        var blocks = PruningSection.Of(Lottery).Blocks;
        Assert.Equal([(0.1, 0.9), (0.9, 0.3)], Assert.Single(blocks.OfType<LineChart>().Last().Series).Points.Select(p => (p.X, p.Y!.Value)));
        Assert.Equal(["conv.weight", "1,000", "250", "75.00 %"], blocks.OfType<Table>().Single(t => t.Title == "Layers").Rows.Single());
        Assert.Equal(["2", "25.00 %", "10.00 %", "89.00 %", "80.00 %", "yes"], blocks.OfType<Table>().Single(t => t.Title == "Rounds").Rows[1]);
    }

    [Fact]
    public void A_regression_is_told_by_its_error()
    {
        var error = Lottery with { Classifies = false, Before = Lottery.Before with { Score = -2.5 }, Rounds = [new(1, 0.5, -3, -2.75)], Sensitivity = [] };
        var tables = PruningSection.Of(error).Blocks.OfType<Table>().ToArray();
        Assert.Equal("2.5", tables[0].Rows[0][1]);
        Assert.Equal(["1", "50.00 %", "3", "2.75", ""], tables[1].Rows[0]);
    }

    [Fact]
    public void Without_pruning_there_is_no_section_and_an_early_end_is_said()
    {
        Assert.Empty(PruningSection.Of(null).Blocks);
        Assert.Equal("It ended early: round 2 costs too much.", Assert.IsType<Paragraph>(PruningSection.Of(Lottery with { Stopped = "round 2 costs too much" }).Blocks[0]).Text);
    }
}
