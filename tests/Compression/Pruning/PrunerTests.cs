using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Compression.Tests.Pruning;

public sealed class PrunerTests(PruneBench bench) : IClassFixture<PruneBench>
{
    public static TheoryData<ChannelCriterion, PruneScope> Criteria()
    {
        var cases = new TheoryData<ChannelCriterion, PruneScope>();
        foreach (var criterion in Enum.GetValues<ChannelCriterion>())
        {
            foreach (var scope in Enum.GetValues<PruneScope>()) cases.Add(criterion, scope);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Criteria))]
    public void Half_of_the_channels_go_and_with_them_parameters_work_and_bytes(ChannelCriterion criterion, PruneScope scope)
    {
        // The hidden layer has no batch normalisation to be ranked by.
        var options = new PruneOptions { Method = new ChannelPruneOptions { Criterion = criterion, Scope = scope, Exclude = criterion == ChannelCriterion.BatchNorm ? ["linear*"] : [] }, FineTune = PruneBench.FineTuning };
        var (model, report) = Prune(options);

        var chosen = report.Layers.Where(l => l.Layer.StartsWith("conv", StringComparison.Ordinal) || (l.Layer.StartsWith("linear", StringComparison.Ordinal) && criterion != ChannelCriterion.BatchNorm)).ToArray();
        Assert.Equal(chosen.Sum(l => l.Before) / 2, chosen.Sum(l => l.After));
        if (scope == PruneScope.Layer) Assert.All(chosen, l => Assert.Equal(l.Before / 2, l.After));
        Assert.True(report.After.Parameters < report.Before.Parameters && report.After.MultiplyAdds < report.Before.MultiplyAdds && report.After.FileBytes < report.Before.FileBytes, $"{report.Before} {report.After}");
        Assert.Equal(report.After.FileBytes, model.ToBytes().Length);
        Assert.Equal(0.5, Assert.Single(report.Rounds).Left, 1e-9);
        Assert.True(report.After.Score >= report.Rounds[0].PrunedScore, "fine-tuning made it worse");
        Assert.Contains(report.Declined, n => n.Subject == "head");
    }

    [Fact]
    public void Rounds_come_to_as_many_channels_as_one_shot()
    {
        var method = new ChannelPruneOptions { Amount = 0.6 };
        var iterative = Prune(new PruneOptions { Method = method, Schedule = new IterativePruneOptions { Rounds = 4 } }).Report;
        Assert.Equal(Prune(new PruneOptions { Method = method }).Report.Layers, iterative.Layers);
        Assert.Equal(iterative.Rounds.Select(r => r.Left).OrderDescending(), iterative.Rounds.Select(r => r.Left));
        Assert.Equal(4, iterative.KeptRound);
    }

    [Fact]
    public void Layers_keep_a_multiple_of_what_is_asked_for_and_at_least_one()
    {
        long Kept(double amount, int roundTo, string layer) => Prune(new PruneOptions { Method = new ChannelPruneOptions { Amount = amount, RoundTo = roundTo } }).Report.Layers.Single(l => l.Layer == layer).After;
        Assert.Equal(8, Kept(0.6, 8, "conv2"));
        Assert.Equal(4, Kept(0.9, 4, "conv1"));
        Assert.Equal(1, Kept(0.99, 1, "conv1"));
    }

    [Theory]
    [InlineData(PruneScope.Layer)]
    [InlineData(PruneScope.Global)]
    public void Nine_of_ten_weights_are_exactly_0_after_fine_tuning(PruneScope scope)
    {
        var tuning = PruneBench.FineTuning with { Optimizer = new AdamWOptions { WeightDecay = 0.1 }, Averaging = new EmaOptions() };
        var (model, report) = Prune(new PruneOptions { Method = new WeightPruneOptions { Amount = 0.9, Scope = scope, Biases = true }, FineTune = tuning });
        var before = report.Layers.Sum(l => l.Before);
        Assert.Equal(before * 0.1, report.Layers.Sum(l => l.After), 3.0);
        if (scope == PruneScope.Layer) Assert.All(report.Layers, l => Assert.Equal(l.Before * 0.1, l.After, 0.51));
        Assert.All(report.Layers, l => Assert.Equal(l.After, NonZero(model, l.Layer)));
        Assert.Contains(report.Layers, l => l.Layer == "head.bias");
    }

    [Fact]
    public void Of_every_four_inputs_two_are_left_after_fine_tuning()
    {
        var (model, report) = Prune(new PruneOptions { Method = new PatternPruneOptions(), FineTune = PruneBench.FineTuning });
        var weight = model.Graph.Initializers["conv2.weight"];
        var (values, area) = (weight.Span<float>().ToArray(), 9);
        for (var o = 0; o < 12; o++)
        {
            for (var k = 0; k < area; k++)
            {
                for (var i = 0; i < 8; i += 4) Assert.Equal(2, Enumerable.Range(i, 4).Count(c => values[(o * 8 + c) * area + k] != 0));
            }
        }
        Assert.Contains(report.Declined, n => n.Subject == "conv1" && n.Text == "'conv1.weight' has 1 inputs, no multiple of 4");
    }

    [Fact]
    public void Gradual_pruning_ends_at_the_whole_amount()
    {
        var options = new PruneOptions { Method = new WeightPruneOptions { Amount = 0.8 }, Schedule = new GradualPruneOptions { EverySteps = 3 }, FineTune = PruneBench.FineTuning };
        var (model, report) = Prune(options);
        Assert.Equal(0.2, report.Rounds.Single().Left, 0.01);
        Assert.All(report.Layers, l => Assert.Equal(l.After, NonZero(model, l.Layer)));
    }

    [Fact]
    public void A_lottery_trains_the_first_weights_again_and_others_beside_them()
    {
        var work = bench.NewFolder();
        var options = new PruneOptions { Method = new WeightPruneOptions { Amount = 0.75 }, Schedule = new LotteryPruneOptions { Rounds = 2, RewindEpoch = 1 } };
        var (model, report) = Prune(options, bench.Setup with { Work = work });
        Assert.Equal([0.5, 0.25], report.Rounds.Select(r => Math.Round(r.Left, 2)));
        Assert.All(report.Rounds, r => Assert.InRange(r.ControlScore!.Value, 0, 1));
        Assert.Equal(["control-1.onnx", "control-2.onnx", "start.onnx", "ticket-1.onnx", "ticket-2.onnx"], Directory.GetFiles(work).Select(Path.GetFileName).Order());

        var (ticket, control) = (Model.Load(Path.Combine(work, "ticket-2.onnx")), Model.Load(Path.Combine(work, "control-2.onnx")));
        Assert.Equal(model.ToBytes(), ticket.ToBytes());
        bool[] Zeros(Model of) => [.. of.Graph.Initializers["conv2.weight"].Span<float>().ToArray().Select(w => w == 0)];
        Assert.Equal(Zeros(ticket), Zeros(control));
        Assert.NotEqual(ticket.ToBytes(), control.ToBytes());
    }

    [Fact]
    public void Pruning_goes_on_until_it_costs_too_much_and_keeps_the_last_that_did_not()
    {
        var options = new PruneOptions { Method = new WeightPruneOptions { Amount = 0.999 }, Schedule = new IterativePruneOptions { Rounds = 8 }, MaxDrop = 5 };
        var (model, report) = Prune(options);
        Assert.InRange(report.KeptRound, 1, 7);
        Assert.Equal(report.KeptRound + 1, report.Rounds.Count);
        Assert.True(report.Rounds[^1].Score < report.Before.Score - 0.05 && report.After.Score >= report.Before.Score - 0.05);
        Assert.Equal($"round {report.Rounds.Count} costs", report.Stopped![..13]);
        Assert.Contains($"the model of round {report.KeptRound} is kept", report.Stopped, StringComparison.Ordinal);
        Assert.Equal(report.After.NonZero, report.Before.NonZero - report.Layers.Sum(l => l.Before - l.After));
        Assert.All(report.Layers, l => Assert.Equal(l.After, NonZero(model, l.Layer)));
    }

    [Fact]
    public void When_even_the_first_round_costs_too_much_the_model_is_as_it_was()
    {
        var (model, report) = Prune(new PruneOptions { Method = new WeightPruneOptions { Amount = 0.99 }, MaxDrop = 0.1 });
        Assert.Equal(bench.Trained.ToBytes(), model.ToBytes());
        Assert.Equal((0, report.Before), (report.KeptRound, report.After));
        Assert.StartsWith("the first round already costs", report.Stopped, StringComparison.Ordinal);
    }

    [Fact]
    public void The_scan_prunes_each_layer_alone()
    {
        var options = new PruneOptions { Method = new ChannelPruneOptions { Amount = 0 }, Sensitivity = new SensitivityOptions { Amounts = [0.9, 0.01], Samples = 40 } };
        var (model, report) = Prune(options);
        Assert.Equal(["conv1", "conv2", "linear1"], report.Sensitivity.Select(s => s.Layer));
        Assert.All(report.Sensitivity, s => Assert.Equal([0.01, 0.9], s.Points.Select(p => p.Amount)));
        Assert.All(report.Sensitivity, s => Assert.True(s.Points[0].Score >= s.Points[1].Score));
        Assert.Equal(report.Before with { FileBytes = 0 }, report.After with { FileBytes = 0 });
        Assert.Equal(bench.Trained.Graph.Initializers["conv1.weight"].Dims, model.Graph.Initializers["conv1.weight"].Dims);
    }

    public static TheoryData<string> Resumed => ["channels", "weights", "gradual", "lottery"];

    [Theory]
    [MemberData(nameof(Resumed))]
    public void An_interrupted_run_goes_on_to_the_same_bytes(string kind)
    {
        var options = new PruneOptions { FineTune = PruneBench.FineTuning, Method = kind == "channels" ? new ChannelPruneOptions { Criterion = ChannelCriterion.Taylor } : new WeightPruneOptions { Amount = 0.8 } };
        options = options with { Schedule = kind switch { "gradual" => new GradualPruneOptions { EverySteps = 4 }, "lottery" => new LotteryPruneOptions { Rounds = 2, RewindEpoch = 1 }, _ => new IterativePruneOptions { Rounds = 2 } } };
        var expected = Prune(options, bench.Setup with { Work = bench.NewFolder() });

        var setup = bench.Setup with { Work = bench.NewFolder() };
        foreach (var steps in new[] { 7, 16, 11 })
        {
            using var source = new CancellationTokenSource();
            var taken = 0;
            var interrupted = setup with { Observer = _ => new StepCounter(() => { if (++taken == steps) source.Cancel(); }) };
            try
            {
                new Pruner(options, interrupted).Prune(bench.Trained, source.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.NotEmpty(Directory.GetFiles(setup.Work!, "*.checkpoint.onnx"));
            }
        }
        var resumed = new Pruner(options, setup).Prune(bench.Trained);
        Assert.Equal(expected.Model.ToBytes(), resumed.Model.ToBytes());
        Assert.Equal(expected.Report.ToJson(), resumed.Report.ToJson());
        Assert.Equal(expected.Report.ToJson(), PruneReport.FromJson(resumed.Report.ToJson()).ToJson());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pruned_model_is_exported_and_verified(bool channels)
    {
        var options = new PruneOptions { Method = channels ? new ChannelPruneOptions() : new WeightPruneOptions { Amount = 0.9 }, FineTune = PruneBench.FineTuning };
        var model = Prune(options).Model;
        var exported = Exporter.Export(model, new ExportSettings { Labels = bench.Data.Labels }).Model;
        Verifier.Verify(model, exported, HeldOutSamples.Of(bench.Data, bench.Data.Validation)).EnsurePassed();
    }

    [Fact]
    public void Weights_that_are_all_0_already_are_no_trouble()
    {
        var zero = bench.Trained.Clone();
        zero.Graph.Initializers["conv2.weight"].Span<float>().Clear();
        foreach (var method in new PruneMethodOptions[] { new ChannelPruneOptions { Scope = PruneScope.Global }, new WeightPruneOptions(), new PatternPruneOptions() })
        {
            var report = new Pruner(new PruneOptions { Method = method }, bench.Setup).Prune(zero).Report;
            Assert.Equal(1, report.KeptRound);
            Assert.All(report.Layers, l => Assert.InRange(l.After, 0, l.Before));
        }
    }

    public static TheoryData<PruneOptions, string> Faults => new()
    {
        { new PruneOptions { Method = new ChannelPruneOptions { Amount = 1 } }, "expected a share in [0, 1), found 1" },
        { new PruneOptions { Method = new WeightPruneOptions { Amount = double.NaN } }, "expected a share in [0, 1)" },
        { new PruneOptions { Method = new PatternPruneOptions { Keep = 4 } }, "expected 1 ≤ keep < of, found 4 of 4" },
        { new PruneOptions { Method = new ChannelPruneOptions { Layers = ["konv*"] } }, "no layer is named like 'konv*'. The model has: conv1" },
        { new PruneOptions { Method = new ChannelPruneOptions { Layers = ["head"] } }, "No channel can be taken out" },
        { new PruneOptions { Method = new ChannelPruneOptions(), Schedule = new LotteryPruneOptions() }, "set prune.method to weights" },
        { new PruneOptions { Method = new WeightPruneOptions(), Schedule = new GradualPruneOptions() }, "give prune.fineTune" },
        { new PruneOptions { Method = new WeightPruneOptions(), Schedule = new LotteryPruneOptions { RewindEpoch = 4 } }, "expected less than the 4 epochs" },
        { new PruneOptions { Method = new WeightPruneOptions { Layers = ["head"] }, FineTune = PruneBench.FineTuning with { Freeze = ["head.*"] } }, "'head.weight' is frozen in fine-tuning" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Options_that_cannot_be_are_refused(PruneOptions options, string expected) =>
        Assert.Contains(expected, Assert.Throws<PruneException>(() => new Pruner(options, bench.Setup).Prune(bench.Trained)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_layer_of_one_channel_keeps_it_and_a_model_of_such_is_refused()
    {
        var thin = ModelRegistry.Build(new MlpOptions { Hidden = [1] }, new ImageModelInput(1, 8, 8), ModelOutput.Classes(PruneBench.Classes), seed: 1);
        Assert.Contains("one must stay", Assert.Throws<PruneException>(() => new Pruner(new PruneOptions(), bench.Setup).Prune(thin)).Message, StringComparison.Ordinal);
    }

    private PruneResult Prune(PruneOptions options, PruneSetup? setup = null) => new Pruner(options, setup ?? bench.Setup).Prune(bench.Trained);

    private static long NonZero(Model model, string weight) => model.Graph.Initializers[weight].Span<float>().ToArray().Count(w => w != 0);

    private sealed class StepCounter(Action stepped) : ITrainingObserver
    {
        public void Stepped(in StepFacts facts) => stepped();
    }
}
