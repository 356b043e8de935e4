using OnnxPipeline.Inference;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.OnDevice.Tests;

public sealed class ExportTests
{
    private const double Rounding = 1e-5;
    private static readonly BundleOptions Options = new() { Optimizer = new AdamWOptions { LearningRate = 0.01 }, SpareClasses = 2 };

    [Theory]
    [InlineData("mlp", 0)]
    [InlineData("mlp", 2)]
    [InlineData("cnn", 0)]
    public void Before_training_the_exported_model_answers_as_the_deployed_one(string network, int spare)
    {
        var deployed = Squares.Deployed(network == "mlp" ? Squares.Mlp() : Squares.Cnn());
        using var bundle = new BundleFolder(deployed, Options with { SpareClasses = spare });
        using var trainer = bundle.Open();
        using var expected = Predictor.Open(deployed.ToBytes());
        using var actual = Predictor.Open(trainer.Export());
        var pixels = Squares.Draw(20).Pixels;
        foreach (var (before, now) in expected.PredictPixels(pixels, 20).Zip(actual.PredictPixels(pixels, 20)))
        {
            Assert.Equal(before.Top.Label, now.Top.Label);
            foreach (var c in Enumerable.Range(0, Squares.Classes)) Assert.Equal(before.Probabilities[c], now.Probabilities[c], Rounding);
        }
        Assert.Equal(File.ReadAllBytes(bundle.File("model.onnx")), trainer.Export());
    }

    [Fact]
    public void After_training_the_exported_model_answers_as_the_trainer()
    {
        using var bundle = new BundleFolder(Squares.Deployed(Squares.Cnn()), Options);
        using var trainer = bundle.Open();
        trainer.AddClass("middle");
        using var batch = trainer.Batch(25, classes: 5);
        for (var i = 0; i < 40; i++) trainer.TrainStep(batch);
        Assert.Equal(1, trainer.Evaluate(batch).Accuracy);

        using var held = trainer.Batch(30, classes: 5, seed: 9);
        var probabilities = trainer.Predict(held).ToArray();
        trainer.Export(bundle.Beside("taught.onnx"));
        using var predictor = Predictor.Open(bundle.Beside("taught.onnx"));
        Assert.Equal([.. Squares.Labels, "middle", "unused 1"], predictor.Labels);
        var values = new float[probabilities.Length];
        predictor.PredictPixels(Squares.Draw(30, 5, 9).Pixels, values);
        Assert.All(probabilities.Zip(values), pair => Assert.Equal(pair.First, pair.Second, Rounding));
        var metadata = DeployMetadata.FromEntries(Model.Load(bundle.Beside("taught.onnx")).Metadata)!;
        Assert.Empty(metadata.Metrics);
    }

    [Fact]
    public void A_model_without_metadata_is_exported_as_it_came()
    {
        var model = Squares.Mlp();
        using var bundle = new BundleFolder(model);
        using var trainer = bundle.Open();
        Assert.Equal(model.ToBytes(), trainer.Export());
        using var batch = trainer.Batch(8);
        trainer.TrainStep(batch);
        var trained = Model.Parse(trainer.Export());
        Assert.NotEqual(model.ToBytes(), trained.ToBytes());
        foreach (var weight in Trainables.Of(trained.Graph)) Assert.Equal(BundleFolder.Tensor(trainer, weight.Name), weight.Span<float>().ToArray());
    }

    [Fact]
    public void Labels_of_any_length_and_alphabet_are_written()
    {
        using var bundle = new BundleFolder(Squares.Deployed(Squares.Mlp()), Options);
        using var trainer = bundle.Open();
        string[] names = [new string('ä', 300), "\"猫\" \\ 🙂"];
        foreach (var name in names) trainer.AddClass(name);
        using var predictor = Predictor.Open(trainer.Export());
        Assert.Equal([.. Squares.Labels, .. names], predictor.Labels);
    }
}
