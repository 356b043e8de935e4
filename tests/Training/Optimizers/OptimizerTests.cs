using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests.Optimizers;

public sealed class OptimizerTests
{
    public static TheoryData<OptimizerOptions> AllOptions => new(
        new SgdOptions { WeightDecay = 0.01 },
        new SgdOptions { Momentum = 0.9, WeightDecay = 0.01 },
        new SgdOptions { Momentum = 0.9, Nesterov = true },
        new AdamOptions { WeightDecay = 0.01 },
        new AdamWOptions(),
        new AdagradOptions { WeightDecay = 0.01, InitialAccumulator = 0.1 },
        new RmsPropOptions { Alpha = 0.9, WeightDecay = 0.01 },
        new RmsPropOptions { Alpha = 0.9, Momentum = 0.9 },
        new RmsPropOptions { Alpha = 0.9, Centered = true },
        new RmsPropOptions { Alpha = 0.9, Centered = true, Momentum = 0.9 },
        new SgdOptions { Momentum = 0.9, WeightDecay = 0.01, DecoupledDecay = true },
        new AdagradOptions { WeightDecay = 0.01, InitialAccumulator = 0.1, DecoupledDecay = true },
        new RmsPropOptions { Alpha = 0.9, WeightDecay = 0.01, DecoupledDecay = true },
        new LionOptions { Beta2 = 0.9, WeightDecay = 0.1 });

    [Theory]
    [MemberData(nameof(ReferenceOptimizers.Names), MemberType = typeof(ReferenceOptimizers))]
    public void Weights_and_state_are_PyTorchs(string name)
    {
        var reference = ReferenceOptimizers.Case(name);
        OptimizerRun.Fused(reference).AssertEquals(reference);
    }

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void An_elements_result_does_not_depend_on_where_it_lies(OptimizerOptions options) =>
        Prop.ForAll<NonNegativeInt, NonNegativeInt>((first, second) =>
        {
            var (head, tail) = (first.Get % 70, second.Get % 70);
            var whole = Train(options, 0, head + tail);
            var parts = Train(options, 0, head).Concat(Train(options, head, tail));
            return whole.SequenceEqual(parts);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void Training_resumed_from_a_saved_state_gives_the_same_bits(OptimizerOptions options)
    {
        const int Length = 83;
        var expected = Train(options, 0, Length, steps: 12);

        var weights = Values(0, 0, Length);
        using var before = Optimizer.Create(options, [new ParameterInfo("w", Length, true)]);
        for (var step = 1; step <= 5; step++) before.Update(0, weights, Values(step, 0, Length), new StepSettings(step, 0.01));
        using var after = Optimizer.Create(options, [new ParameterInfo("w", Length, true)]);
        foreach (var (saved, restored) in before.State.Zip(after.State)) saved.Values.CopyTo(restored.Values);
        for (var step = 6; step <= 12; step++) after.Update(0, weights, Values(step, 0, Length), new StepSettings(step, 0.01));

        Assert.Equal(expected, weights);
    }

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void A_step_allocates_nothing(OptimizerOptions options)
    {
        float[] weights = Values(0, 0, 1000), gradient = Values(1, 0, 1000);
        using var optimizer = Optimizer.Create(options, [new ParameterInfo("a", 1000, true), new ParameterInfo("b", 1000, false)]);
        Steps(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Steps(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Steps(int count)
        {
            for (var step = 1; step <= count; step++)
            {
                optimizer.Update(0, weights, gradient, new StepSettings(step, 1e-3));
                optimizer.Update(1, weights, gradient, new StepSettings(step, 1e-3));
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void State_never_lingers_at_subnormal_numbers(OptimizerOptions options)
    {
        const int Length = 37;
        var weights = new float[Length];
        using var optimizer = Optimizer.Create(options with { WeightDecay = 0 }, [new ParameterInfo("w", Length, true)]);

        for (var step = 1; step <= 1200; step++)
        {
            var gradient = new float[Length];
            if (step == 1) Array.Fill(gradient, 1e-3f);
            optimizer.Update(0, weights, gradient, new StepSettings(step, 1e-3));
            foreach (var state in optimizer.State) Assert.DoesNotContain(state.Values.ToArray(), float.IsSubnormal);
        }

        Assert.All(optimizer.State.Where(s => s.Slot is not (OptimizerSlots.ExpAvgSq or OptimizerSlots.Sum)), s => Assert.All(s.Values.ToArray(), value => Assert.Equal(0, value)));
    }

    [Fact]
    public void Weight_decay_leaves_parameters_alone_that_do_not_decay()
    {
        float[] decaying = [1, 2], kept = [1, 2];
        using var optimizer = Optimizer.Create(new SgdOptions { WeightDecay = 0.5 }, [new ParameterInfo("w", 2, true), new ParameterInfo("b", 2, false)]);

        optimizer.Update(0, decaying, new float[2], new StepSettings(1, 0.1));
        optimizer.Update(1, kept, new float[2], new StepSettings(1, 0.1));

        Assert.Equal([0.95f, 1.9f], decaying);
        Assert.Equal([1f, 2f], kept);
    }

    [Fact]
    public unsafe void State_is_zero_at_first_named_by_parameter_and_slot_and_aligned_to_cache_lines()
    {
        using var optimizer = Optimizer.Create(new AdamOptions(), [new ParameterInfo("fc.weight", 35, true), new ParameterInfo("fc.bias", 1, false), new ParameterInfo("empty", 0, false)]);

        Assert.Equal(["fc.weight/exp_avg", "fc.weight/exp_avg_sq", "fc.bias/exp_avg", "fc.bias/exp_avg_sq", "empty/exp_avg", "empty/exp_avg_sq"], optimizer.State.Select(s => s.Name));
        Assert.Equal([35, 35, 1, 1, 0, 0], optimizer.State.Select(s => s.Values.Length));
        foreach (var state in optimizer.State)
        {
            Assert.All(state.Values.ToArray(), value => Assert.Equal(0, value));
            Assert.Equal(0, (nint)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(state.Values)) % 64);
        }
        optimizer.Update(2, [], [], new StepSettings(1, 0.1));
    }

    [Fact]
    public void Wrong_lengths_and_step_numbers_are_refused_by_name()
    {
        using var optimizer = Optimizer.Create(new AdamOptions(), [new ParameterInfo("fc.weight", 4, true)]);

        var lengths = Assert.Throws<ArgumentException>(() => optimizer.Update(0, new float[4], new float[3], new StepSettings(1, 0.1)));
        var step = Assert.Throws<ArgumentException>(() => optimizer.Update(0, new float[4], new float[4], new StepSettings(0, 0.1)));

        Assert.Contains("'fc.weight' has 4 elements, but 4 weights and a gradient of 3", lengths.Message);
        Assert.Contains("numbered from 1, but 0", step.Message);
    }

    [Fact]
    public void All_wrong_options_and_parameters_are_told_at_once()
    {
        var options = new AdamOptions { LearningRate = -1, Beta1 = 1, Beta2 = double.NaN, Epsilon = double.PositiveInfinity, WeightDecay = -0.1 };

        var wrong = Assert.Throws<ArgumentException>(() => Optimizer.Create(options, []));
        var nesterov = Assert.Throws<ArgumentException>(() => Optimizer.Create(new SgdOptions { Nesterov = true }, []));
        var parameters = Assert.Throws<ArgumentException>(() => Optimizer.Create(new AdamOptions(), [new("a", 1, true), new("a", 1, true), new("b", -3, true)]));
        var unknown = Assert.Throws<NotSupportedException>(() => Optimizer.Create(new UnknownOptions(), []));

        Assert.Equal(5, OptimizerCheck.Problems(options).Count);
        Assert.All(new[] { "LearningRate", "Beta1", "Beta2", "Epsilon", "WeightDecay" }, name => Assert.Contains(name, wrong.Message));
        Assert.Contains("Momentum above 0", nesterov.Message);
        Assert.Contains("'a' is given 2 times", parameters.Message);
        Assert.Contains("'b' has a length of -3", parameters.Message);
        Assert.Contains(nameof(AdamWOptions), unknown.Message);
    }

    [Fact]
    public void Wrong_options_of_the_further_optimizers_are_told_at_once()
    {
        Assert.Equal(2, OptimizerCheck.Problems(new AdagradOptions { InitialAccumulator = -1, Epsilon = double.NaN }).Count);
        Assert.Equal(3, OptimizerCheck.Problems(new RmsPropOptions { Alpha = 1, Epsilon = -1, Momentum = double.PositiveInfinity }).Count);
        Assert.Equal(2, OptimizerCheck.Problems(new LionOptions { Beta1 = -0.1, Beta2 = 1 }).Count);
    }

    [Theory]
    [InlineData(1e-3f)]
    [InlineData(1f)]
    [InlineData(-7.7e8f)]
    public void Centred_RMSprop_stays_finite_when_a_gradient_without_variance_rounds_it_below_zero(float gradient)
    {
        var weights = new float[17];
        var same = new float[17];
        Array.Fill(same, gradient);
        using var optimizer = Optimizer.Create(new RmsPropOptions { Alpha = 0.5, Centered = true, Momentum = 0.5 }, [new ParameterInfo("w", 17, true)]);

        for (var step = 1; step <= 200; step++) optimizer.Update(0, weights, same, new StepSettings(step, 1e-9));

        Assert.All(weights, weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void Lion_moves_by_the_rate_whatever_the_gradients_size_not_at_all_without_one_and_shows_a_NaN()
    {
        float[] weights = [1, 1, 1, 1];
        using var optimizer = Optimizer.Create(new LionOptions(), [new ParameterInfo("w", 4, true)]);

        optimizer.Update(0, weights, [1e-20f, -1e20f, 0, float.NaN], new StepSettings(1, 0.25));

        Assert.Equal([0.75f, 1.25f, 1, float.NaN], weights);
    }

    [Fact]
    public void A_disposed_optimizer_says_so()
    {
        var optimizer = Optimizer.Create(new AdamOptions(), [new ParameterInfo("w", 1, true)]);
        optimizer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => optimizer.Update(0, new float[1], new float[1], new StepSettings(1, 0.1)));
    }

    private static float[] Train(OptimizerOptions options, int start, int length, int steps = 4)
    {
        var weights = Values(0, start, length);
        using var optimizer = Optimizer.Create(options, [new ParameterInfo("w", length, true)]);
        for (var step = 1; step <= steps; step++) optimizer.Update(0, weights, Values(step, start, length), new StepSettings(step, 0.01));
        return weights;
    }

    /// <summary>Elements [start, start + length) of an endless random tensor that the step names.</summary>
    private static float[] Values(int step, int start, int length)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling, (ulong)step);
        var values = new float[start + length];
        for (var i = 0; i < values.Length; i++) values[i] = (float)random.NextNormal();
        return values[start..];
    }

    private sealed record UnknownOptions : OptimizerOptions;
}
