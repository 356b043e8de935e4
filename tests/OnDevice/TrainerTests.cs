using System.Text;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.OnDevice.Tests;

public sealed class TrainerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void In_the_steady_state_a_step_allocates_next_to_nothing(int accumulate)
    {
        using var bundle = new BundleFolder(Squares.Mlp(), new BundleOptions { Accumulate = accumulate });
        using var trainer = bundle.Open();
        using var batch = trainer.Batch(16);
        void Run()
        {
            for (var i = 0; i < 60; i++) trainer.TrainStep(batch);
            trainer.Evaluate(batch);
        }
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 61 * 32);
    }

    [Fact]
    public void A_loss_that_is_no_number_leaves_the_state_as_it_was()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), new BundleOptions { Optimizer = new SgdOptions { LearningRate = 1e30 } });
        using var trainer = bundle.Open();
        using var batch = trainer.Batch(16);
        trainer.TrainStep(batch);
        var before = trainer.GetState();
        var error = Assert.Throws<OnDeviceException>(() => trainer.TrainStep(batch));
        Assert.Contains("lower learning rate", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, trainer.GetState());
    }

    [Fact]
    public void The_rate_of_a_step_is_its_own_where_one_is_given()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), new BundleOptions { Optimizer = new SgdOptions() });
        using var trainer = bundle.Open();
        using var batch = trainer.Batch(16);
        var name = bundle.Bundle.Manifest.State[0].Name;
        var before = BundleFolder.Tensor(trainer, name);
        trainer.TrainStep(batch, learningRate: 0);
        Assert.Equal(before, BundleFolder.Tensor(trainer, name));
    }

    [Fact]
    public void A_model_of_several_inputs_takes_each_by_its_name()
    {
        var model = ModelRegistry.Build(new TabularMlpOptions { Hidden = [8] }, new TableModelInput(2, [3]), 2, seed: 1);
        using var bundle = new BundleFolder(model, new BundleOptions { Optimizer = new AdamWOptions { LearningRate = 0.05 } });
        using var trainer = bundle.Open();
        using var batch = trainer.CreateBatch(6);
        Assert.Throws<ArgumentException>(() => batch.Input<float>());
        for (var i = 0; i < 6; i++)
        {
            batch.Input<float>("numeric")[2 * i] = i;
            batch.Input<long>("categorical")[i] = i % 3;
            batch.Labels[i] = i % 3 == 2 ? 1 : 0;
        }
        for (var step = 0; step < 60; step++) trainer.TrainStep(batch);
        Assert.Equal(1, trainer.Evaluate(batch).Accuracy);
    }

    [Fact]
    public void Batches_are_their_trainers_and_of_its_inputs()
    {
        using var bundle = new BundleFolder(Squares.Mlp());
        using var trainer = bundle.Open();
        using var other = bundle.Open();
        using var batch = other.CreateBatch(2);
        Assert.Throws<ArgumentException>(() => trainer.TrainStep(batch));
        Assert.Contains("image (uint8)", Assert.Throws<ArgumentException>(() => batch.Input<byte>("pixels")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => batch.Input<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.CreateBatch(0));
    }

    [Theory]
    [InlineData("missing", "'eval.onnx' is missing")]
    [InlineData("changed", "SHA-256 of 'train_step.onnx'")]
    [InlineData("no manifest", "'manifest.json' is missing")]
    [InlineData("broken manifest", "damaged at")]
    [InlineData("newer format", "format 99")]
    [InlineData("outside", "no plain name")]
    [InlineData("offset", "lies outside of the model's file")]
    [InlineData("output", "has no output 'nothing'")]
    [InlineData("no archive", "neither a folder nor a .zip archive")]
    [InlineData("nothing", "There is no bundle")]
    public void A_damaged_bundle_is_refused_with_what_is_wrong(string damage, string reason)
    {
        using var bundle = new BundleFolder(Squares.Mlp());
        var manifest = bundle.File("manifest.json");
        void Replace(string text, string by) => File.WriteAllText(manifest, File.ReadAllText(manifest, Encoding.UTF8).Replace(text, by, StringComparison.Ordinal));
        var path = bundle.Path;
        switch (damage)
        {
            case "missing": File.Delete(bundle.File("eval.onnx")); break;
            case "changed": File.AppendAllText(bundle.File("train_step.onnx"), " "); break;
            case "no manifest": File.Delete(manifest); break;
            case "broken manifest": Replace("\"state\"", "\"stat"); break;
            case "newer format": Replace("\"format\": 1", "\"format\": 99"); break;
            case "outside": Replace("\"eval.onnx\": ", "\"../eval.onnx\": "); break;
            case "offset": Replace($"\"offset\": {bundle.Bundle.Manifest.State[0].Offset}", "\"offset\": 99999999"); break;
            case "output": Replace($"\"trained\": \"{bundle.Bundle.Manifest.State[0].Trained}\"", "\"trained\": \"nothing\""); break;
            case "no archive": path = bundle.File("model.onnx"); break;
            default: path = bundle.Beside("nothing"); break;
        }
        var error = Assert.Throws<OnDeviceException>(() => OnDeviceTrainer.Open(path));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
