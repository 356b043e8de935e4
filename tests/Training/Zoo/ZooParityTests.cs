using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Training.Tests.Zoo;

/// <summary>Every model of the zoo, with the weights that PyTorch had, gives PyTorch's logits and gradients, and the slopes that it has itself.</summary>
public sealed class ZooParityTests
{
    public static TheoryData<string> Names => ZooReference.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_gives_PyTorchs_logits_loss_and_gradients(string name)
    {
        var reference = ZooReference.Of(name);
        using var network = new ZooNetwork(reference, reference.Options);
        var (loss, logits, gradients) = network.Run();

        Assert.Equal(reference.Gradients.Keys.Order(), network.Shapes.Keys.Order());
        Assert.Equal(reference.Loss, loss, 1e-5);
        AssertClose(reference.Logits, logits, $"{name}: logits");
        foreach (var (weight, expected) in reference.Gradients)
        {
            Assert.Equal(expected.Shape, network.Shapes[weight]);
            AssertClose(expected.Values, [.. gradients[weight].Where((_, i) => i % expected.Every == 0)], $"{name}: gradient of '{weight}'");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_is_the_slope_of_the_loss_along_every_weight(string name)
    {
        var reference = ZooReference.Of(name);
        using var network = new ZooNetwork(reference, Smooth(reference.Options));
        var gradients = network.Run().Gradients;
        foreach (var (weight, gradient) in gradients)
        {
            // Along the gradient itself the slope is its norm: the steepest there is, and so the least disturbed by rounding.
            var values = network.Weights[weight];
            var start = (float[])values.Clone();
            var norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            double LossAt(double step)
            {
                for (var i = 0; i < values.Length; i++) values[i] = (float)(start[i] + step * gradient[i] / norm);
                return network.Run().Loss;
            }
            var step = 1e-3 / Math.Max(norm, 0.5);
            var slope = (LossAt(step) - LossAt(-step)) / (2 * step);
            start.CopyTo(values, 0);
            Assert.True(Math.Abs(slope - norm) <= 3e-2 * norm + 1e-4, $"{name}: the loss rises by {slope:g4} along the gradient of '{weight}', whose norm is {norm:g4}");
        }
    }

    [Fact]
    public void Every_model_of_images_has_reference_figures()
    {
        var covered = ZooReference.All.Select(r => r.Options.GetType()).ToHashSet();
        Assert.Empty(ModelRegistry.Entries.Where(e => !covered.Contains(e.OptionsType) && TakesImages(e)).Select(e => e.Name));
    }

    /// <summary>The same model with no kinks but those of a fixed max pooling: across a kink a slope says nothing.</summary>
    private static ModelOptions Smooth(ModelOptions options) => options switch
    {
        CnnOptions cnn => cnn with { Activation = Activation.Tanh },
        ConvBlockOptions blocks => blocks with { Activation = Activation.Tanh, Pool = Pooling.Average },
        ResidualMlpOptions mlp => mlp with { Activation = Activation.Tanh },
        ResNet18Options resnet => resnet with { Activation = Activation.Gelu },
        TabularOptions table => table with { Activation = Activation.Tanh },
        RegularizedCnnOptions cnn => cnn with { Activation = Activation.Gelu },
        _ => options,
    };

    [Fact]
    public void Every_model_of_tables_alone_has_reference_figures()
    {
        var covered = ZooReference.All.Select(r => r.Options.GetType()).ToHashSet();
        Assert.DoesNotContain(ModelRegistry.Entries, e => e.Defaults is TabularOptions && !covered.Contains(e.OptionsType));
    }

    private static bool TakesImages(ModelEntry entry)
    {
        try
        {
            ModelRegistry.Build(entry.Defaults, new ImageModelInput(3, 32, 32), ZooReference.Classes, seed: 0);
            return true;
        }
        catch (ModelOptionsException)
        {
            return false;
        }
    }

    /// <summary>‖expected − actual‖ / ‖expected‖, with a floor for gradients that vanish.</summary>
    private static void AssertClose(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var difference = Math.Sqrt(expected.Zip(actual, (e, a) => Math.Pow((double)e - a, 2)).Sum());
        var error = difference / Math.Max(Math.Sqrt(expected.Sum(e => (double)e * e)), 1e-3);
        Assert.True(error <= 1e-4, $"{what} is off by {error:g3}");
    }
}
