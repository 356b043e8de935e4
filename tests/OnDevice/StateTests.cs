using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.OnDevice.Tests;

public sealed class StateTests
{
    private static readonly BundleOptions Momentum = new() { Optimizer = new SgdOptions { LearningRate = 0.02, Momentum = 0.9 }, Accumulate = 2, SpareClasses = 2 };

    [Fact]
    public void A_saved_state_goes_on_to_the_same_bits()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), Momentum);
        using var whole = bundle.Open();
        whole.AddClass("middle");
        // In the middle of a step, too: two batches make one.
        Train(whole, 3);
        whole.SaveState(bundle.Beside("state.safetensors"));
        Train(whole, 4);

        using var resumed = bundle.Open();
        resumed.LoadState(bundle.Beside("state.safetensors"));
        Assert.Equal([.. whole.Classes], resumed.Classes);
        Train(resumed, 4);
        Assert.Equal(whole.GetState(), resumed.GetState());
        Assert.Equal((3L, 1), (resumed.Step, resumed.SpareClasses));
    }

    [Fact]
    public void A_state_that_was_changed_anywhere_is_refused_and_the_trainer_keeps_its_own()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), Momentum);
        using var trainer = bundle.Open();
        Train(trainer, 1);
        var state = trainer.GetState();
        Prop.ForAll(Gen.Choose(0, state.Length - 1).ToArbitrary(), Gen.Choose(1, 255).ToArbitrary(), (at, change) =>
        {
            var changed = (byte[])state.Clone();
            changed[at] ^= (byte)change;
            var error = Assert.Throws<OnDeviceException>(() => trainer.SetState(changed, "phone.safetensors"));
            return error.Message.StartsWith("phone.safetensors: ", StringComparison.Ordinal) && trainer.GetState().SequenceEqual(state);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_state_cut_short_or_no_state_at_all_is_refused()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), Momentum);
        using var trainer = bundle.Open();
        var state = trainer.GetState();
        Prop.ForAll(Gen.Choose(0, state.Length - 1).ToArbitrary(), length => Assert.Throws<OnDeviceException>(() => trainer.SetState(state[..length])) is not null).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]>(bytes => Assert.Throws<OnDeviceException>(() => trainer.SetState(bytes)) is not null).QuickCheckThrowOnFailure();
        Assert.Throws<FileNotFoundException>(() => trainer.LoadState(bundle.Beside("none")));
    }

    [Fact]
    public void A_state_of_another_bundle_is_refused()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), Momentum);
        using var other = new BundleFolder(Squares.Mlp(), Momentum with { Optimizer = new SgdOptions { Momentum = 0.8 } });
        using var trainer = bundle.Open();
        using var foreign = other.Open();
        var error = Assert.Throws<OnDeviceException>(() => trainer.SetState(foreign.GetState()));
        Assert.Contains("a state of another bundle", error.Message, StringComparison.Ordinal);
    }

    private static void Train(OnDeviceTrainer trainer, int steps)
    {
        using var batch = trainer.Batch(10, trainer.Classes.Count);
        for (var i = 0; i < steps; i++) trainer.TrainStep(batch);
    }
}
