using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Compression.Pruning.Channels;
using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Compression.Tests.Pruning;

public sealed class DependencyAnalysisTests
{
    [Fact]
    public void Taking_random_channels_out_of_random_networks_is_the_same_as_silencing_them()
    {
        var (removed, declined) = (0, 0);
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var model = RandomNetwork.Create(seed);
            var analysis = DependencyAnalysis.Of(model);
            var going = Random(analysis, seed);
            ChannelOracle.AssertRemoves(model, going);
            (removed, declined) = (removed + going.Length, declined + analysis.Declined.Count);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
        Assert.True(removed > 500 && declined > 60, $"{removed} channels were taken out, and {declined} layers declined");
    }

    public static TheoryData<ModelOptions> Zoo => new()
    {
        new MlpOptions { Hidden = [12, 8] },
        new CnnOptions { Channels = [[8, 8], [16]], Hidden = 12 },
        new ResNet18Options { Width = 0.125 },
        new ResNetOptions { Filters = [8, 12], LayersPerFilter = 2, PoolEvery = 2 },
        new BlockCnnOptions { Filters = [8, 8], LayersPerFilter = 1 },
        new ResidualMlpOptions { Width = 16, Blocks = 2, Inner = 12 },
        new RegularizedCnnOptions { Widths = [8, 8, 8] },
        new AirbenchOptions { Widths = [8, 12, 16] },
    };

    [Theory]
    [MemberData(nameof(Zoo))]
    public void Channels_of_every_model_for_images_can_be_taken_out(ModelOptions options)
    {
        var model = ModelRegistry.Build(options, new ImageModelInput(3, 32, 32), ModelOutput.Classes(4), seed: 3);
        var analysis = DependencyAnalysis.Of(model);
        var half = analysis.Groups.SelectMany(g => g.Channels.Take(g.Channels.Count / 2)).ToArray();
        Assert.NotEmpty(half);
        ChannelOracle.AssertRemoves(model, half);
        Assert.Contains(analysis.Declined, note => note.Subject == "head" && note.Text.Contains("an output of the graph", StringComparison.Ordinal));
    }

    [Fact]
    public void Half_of_the_channels_less_is_a_quarter_of_the_work_and_of_the_weights()
    {
        var dense = ModelRegistry.Build(new CnnOptions { Channels = [[16, 16], [32, 32], [64, 64]], GlobalPool = true }, new ImageModelInput(1, 28, 28), ModelOutput.Classes(10), seed: 1);
        var pruned = ChannelRemover.Remove(dense, DependencyAnalysis.Of(dense).Groups.SelectMany(g => g.Channels.Take(g.Channels.Count / 2)));
        var (before, after) = (ModelSummary.Of(dense), ModelSummary.Of(pruned));
        Assert.InRange((double)after.MultiplyAdds / before.MultiplyAdds, 0.25, 0.27);
        Assert.InRange((double)after.Parameters / before.Parameters, 0.25, 0.27);
        Assert.InRange((double)pruned.ToBytes().Length / dense.ToBytes().Length, 0.25, 0.3);
    }

    [Fact]
    public void A_sum_ties_the_channels_of_all_it_adds()
    {
        var g = new GraphBuilder("sum");
        var x = g.Conv2d(g.Input("x", ElementType.Float, "batch", 3, 8, 8), 6, kernel: 3, padding: 1, name: "stem");
        x = g.Add(x, g.Conv2d(g.Relu(g.Conv2d(x, 4, kernel: 1, name: "inner")), 6, kernel: 1, name: "outer"));
        g.Output(g.Linear(g.Flatten(x), 2), "y");

        var groups = DependencyAnalysis.Of(g.Build()).Groups;
        Assert.Equal(["stem + outer", "inner"], groups.Select(group => group.Name));
        Assert.Equal([6, 4], groups.Select(group => group.Channels.Count));
    }

    [Fact]
    public void A_channel_that_is_flattened_is_a_block_of_columns()
    {
        var g = new GraphBuilder("flat");
        var x = g.Conv2d(g.Input("x", ElementType.Float, "batch", 1, 4, 4), 3, kernel: 1, name: "conv");
        g.Output(g.Linear(g.Flatten(x), 2, name: "head"), "y");

        var channel = Assert.Single(DependencyAnalysis.Of(g.Build()).Groups).Channels[1];
        Assert.Equal(Enumerable.Range(16, 16), channel.Slots.Where(s => s.Value == "head.weight").Select(s => s.Index));
    }

    [Fact]
    public void A_join_keeps_the_channels_of_its_parts_apart()
    {
        var g = new GraphBuilder("join");
        var x = g.Input("x", ElementType.Float, "batch", 2, 4, 4);
        var joined = g.Concat([g.Conv2d(x, 3, kernel: 1, name: "a"), x, g.Conv2d(x, 5, kernel: 1, name: "b")]);
        g.Output(g.Flatten(g.GlobalAveragePool(g.Conv2d(joined, 2, kernel: 1, name: "c"))), "y");

        var analysis = DependencyAnalysis.Of(g.Build());
        Assert.Equal(["a", "b"], analysis.Groups.Select(group => group.Name));
        Assert.Equal("'y' is an output of the graph", Assert.Single(analysis.Declined).Text);
    }

    [Fact]
    public void A_depthwise_convolution_goes_with_what_it_reads_and_its_groups_are_counted()
    {
        var g = new GraphBuilder("depthwise");
        var x = g.Conv2d(g.Input("x", ElementType.Float, "batch", 3, 4, 4), 6, kernel: 1, name: "expand");
        x = g.Conv2d(x, 6, kernel: 3, padding: 1, groups: 6, name: "depthwise");
        g.Output(g.Flatten(g.GlobalAveragePool(g.Conv2d(x, 2, kernel: 1))), "y");
        var model = g.Build();

        var group = Assert.Single(DependencyAnalysis.Of(model).Groups);
        Assert.Equal("expand + depthwise", group.Name);
        var pruned = ChannelRemover.Remove(model, group.Channels.Take(4));
        Assert.Equal(2, pruned.Graph.Nodes.Single(n => n.Name == "depthwise").Int("group", 1));
        Assert.Equal([2L, 1, 3, 3], pruned.Graph.Initializers["depthwise.weight"].Dims);
    }

    [Fact]
    public void What_cannot_be_followed_is_declined_with_node_and_reason_and_the_rest_is_pruned()
    {
        var g = new GraphBuilder("shuffle");
        var x = g.Conv2d(g.Input("x", ElementType.Float, "batch", 3, 4, 4), 6, kernel: 1, name: "first");
        x = g.Nodes(Ops.Split, [x], 2, [("axis", 1)], "halves")[0];
        x = g.Conv2d(x, 4, kernel: 1, name: "second");
        g.Output(g.Linear(g.Flatten(x), 2, name: "head"), "y");

        var analysis = DependencyAnalysis.Of(g.Build());
        Assert.Equal("second", Assert.Single(analysis.Groups).Name);
        Assert.Contains(analysis.Declined, n => n.Subject == "first" && n.Text == "Split 'halves' is an op whose channels are not followed");
    }

    [Fact]
    public void A_weight_that_callers_may_replace_and_a_second_output_stay_as_they_are()
    {
        var g = new GraphBuilder("signature");
        var x = g.Conv2d(g.Input("x", ElementType.Float, "batch", 3, 4, 4), 6, kernel: 1, name: "given");
        x = g.Conv2d(x, 5, kernel: 1, name: "shown");
        g.Output(x, "features");
        x = g.Conv2d(x, 4, kernel: 1, name: "free");
        g.Output(g.Linear(g.Flatten(x), 2, name: "head"), "y");
        var model = g.Build();
        model.Graph.Inputs.Add(new Value("given.weight", model.Graph.Initializers["given.weight"].Type));

        var analysis = DependencyAnalysis.Of(model);
        Assert.Equal("free", Assert.Single(analysis.Groups).Name);
        Assert.Equal(["given", "shown", "head"], analysis.Declined.Select(n => n.Subject));
        Assert.Contains("whose default a caller may replace", analysis.Declined[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_before_initializers_stopped_being_inputs_is_pruned_too()
    {
        var model = ModelRegistry.Build(new MlpOptions { Hidden = [6] }, new ImageModelInput(1, 4, 4), ModelOutput.Classes(3), seed: 1);
        model.IrVersion = 3;
        foreach (var tensor in model.Graph.Initializers) model.Graph.Inputs.Add(new Value(tensor.Name, tensor.Type));
        var group = Assert.Single(DependencyAnalysis.Of(model).Groups);
        ChannelOracle.AssertRemoves(model, [.. group.Channels.Take(3)]);
    }

    [Fact]
    public void A_shape_that_two_nodes_read_changes_for_one_of_them_only()
    {
        var g = new GraphBuilder("shape");
        var x = g.Input("x", ElementType.Float, "batch", 4, 2, 2);
        var shape = g.Initializer(Initializer.Create<long>("shape", [-1, 16], 2));
        var flat = g.Node(Ops.Reshape, [x, shape]);
        var conv = g.Node(Ops.Reshape, [g.Conv2d(x, 4, kernel: 1, name: "conv"), shape]);
        g.Output(g.Add(g.Linear(conv, 3), g.Linear(flat, 3)), "y");
        var model = g.Build();

        ChannelOracle.AssertRemoves(model, [.. Assert.Single(DependencyAnalysis.Of(model).Groups).Channels.Skip(1)]);
    }

    /// <summary>Of every group a random share, but never all.</summary>
    private static Channel[] Random(DependencyAnalysis analysis, int seed)
    {
        var random = new CounterRandom((ulong)seed, RandomPurpose.Sampling, 1);
        return [.. analysis.Groups.SelectMany(g => g.Channels.OrderBy(_ => random.NextUInt32()).Take(random.Next(g.Channels.Count)))];
    }
}
