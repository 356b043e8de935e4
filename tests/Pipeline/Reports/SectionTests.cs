using OnnxPipeline.Training.Diagnostics;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Reports.Sections;

namespace OnnxPipeline.Pipeline.Tests.Reports;

public sealed class SectionTests
{
    [Fact]
    public void A_matrix_of_a_thousand_classes_becomes_a_list_of_what_is_confused_most()
    {
        const int classes = 1000;
        var counter = new ClassificationCounter([.. Enumerable.Range(0, classes).Select(c => $"class {c}")]);
        var probabilities = new float[2 * classes];
        probabilities[3] = probabilities[classes + 4] = 1;
        counter.Add(probabilities, [3, 5]);
        var section = ClassesSection.Of("test", counter.ToMetrics());
        Assert.Empty(section.Blocks.OfType<Heatmap>());
        Assert.Contains(section.Blocks.OfType<Table>(), t => t.Rows is [["class 5", "class 4", "1", "100.00 %"]]);
        Assert.All(section.Blocks.OfType<Table>(), t => Assert.InRange(t.Rows.Count, 0, 20));
        Assert.InRange(PageWriter.Write(new Page("t", "s", [], [section]), null).Length, 0, 50_000);
    }

    [Fact]
    public void The_boundary_of_two_numbers_is_drawn_under_the_samples_of_each_part()
    {
        using var folder = new TempFolder();
        DatasetWriter.Write(folder.Path, new DatasetContent { Name = "plane", Labels = ["left", "right"], Train = Plane(50, 1), Test = Plane(20, 2) });
        using var dataset = Dataset.Open(folder.Path);
        var model = ModelRegistry.Build(new MlpOptions { Hidden = [] }, new TableModelInput(2, []), 2, seed: 1);
        foreach (var weight in model.Graph.Initializers.Where(t => t.Name.StartsWith("head", StringComparison.Ordinal))) weight.Span<float>().Clear();
        model.Graph.Initializers["head.weight"].Span<float>()[HeadWeight(model, output: 1)] = 4;

        var charts = BoundarySection.Of(dataset, model, null).Blocks.OfType<ScatterChart>().ToArray();
        Assert.Equal(["On train samples", "On test samples"], charts.Select(c => c.Title));
        Assert.Equal([50, 20], charts.Select(c => c.Points.Count));
        Assert.All(charts[0].Ground.Where(t => t.Left > 0.1), t => Assert.Equal("right", t.Group));
        Assert.All(charts[0].Ground.Where(t => t.Right < -0.1), t => Assert.Equal("left", t.Group));
        // Undecided ground is paler.
        Assert.True(charts[0].Ground.MaxBy(t => t.Right)!.Strength > charts[0].Ground.MinBy(t => Math.Abs(t.Left))!.Strength);
    }

    [Fact]
    public void Probes_have_a_panel_a_figure_and_a_line_a_layer_and_none_no_section()
    {
        ProbeSeries Probe(string figure, string layer) => new(figure, layer, [(1, 0.5), (2, double.NaN)]);
        var chart = Assert.IsType<FacetChart>(ProbesSection.Of([Probe("output std", "first"), Probe("output std", "second"), Probe("gradient", "first")]).Blocks.Single());
        Assert.Equal([("output std", 2), ("gradient", 1)], chart.Panels.Select(p => (p.Name, p.Series.Count)));
        Assert.Empty(ProbesSection.Of([]).Blocks);
    }

    [Fact]
    public void A_learning_rate_finder_is_drawn_over_a_logarithmic_axis()
    {
        var chart = Assert.IsType<LineChart>(LearningRateFinderSection.Of(new LearningRateCurve([new(1e-5, 2.3, 2.3), new(1, double.NaN, 9)], Diverged: true)).Blocks.Single());
        Assert.True(chart.X.Log);
        Assert.Equal(["each step", "smoothed"], chart.Series.Select(s => s.Name));
    }

    /// <summary>The head's weight of an output for the first number, whichever way the matrix lies.</summary>
    private static int HeadWeight(Models.Model model, int output) => model.Graph.Initializers["head.weight"].Dims is [2, 2] && model.Graph.Nodes.Any(n => n.Int("transB", 0) == 1) ? 2 * output : output;

    private static SampleSet Plane(int count, ulong stream)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling, stream);
        var values = new float[2 * count];
        for (var i = 0; i < values.Length; i++) values[i] = 2 * random.NextSingle() - 1;
        return new SampleSet([new SampleTensor(TableFeatures.Numeric, DataKind.Float, [2], System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray())],
            Enumerable.Range(0, count).Select(i => values[2 * i] > 0 ? 1L : 0L).ToArray());
    }
}
