using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests.Zoo;

public sealed class AirbenchTests
{
    private static readonly ImageModelInput Images = new(3, 32, 32) { Mean = [0.5f, 0.4f, 0.3f], Std = [0.2f, 0.3f, 0.25f], Samples = CloudyImages(3 * 32 * 32 * 20) };

    [Fact]
    public void It_has_as_many_trained_parameters_as_in_the_paper()
    {
        // 1.97 million: whitening bias 24, convolutions of 64, 256 and 256 channels twice each, their biases after normalisation, the head.
        var model = ModelRegistry.Build(new AirbenchOptions(), Images, 10, seed: 1);
        Assert.Equal(24 + 9 * (24 * 64 + 64 * 64 + 64 * 256 + 3 * 256 * 256) + 2 * (64 + 256 + 256) + 256 * 10, ModelSummary.Of(model).Parameters);
    }

    [Fact]
    public void Outputs_of_the_whitening_filters_are_uncorrelated_and_of_one_variance()
    {
        var filters = PatchWhitening.Filters(Images, size: 2);
        const int length = 12;
        var moments = new double[2 * length, 2 * length];
        var patches = 0;
        foreach (var patch in Patches())
        {
            var outputs = Enumerable.Range(0, 2 * length).Select(f => Enumerable.Range(0, length).Sum(i => filters[f * length + i] * patch[i])).ToArray();
            for (var i = 0; i < outputs.Length; i++)
            {
                for (var j = 0; j < outputs.Length; j++) moments[i, j] += outputs[i] * outputs[j];
            }
            patches++;
        }
        for (var i = 0; i < 2 * length; i++)
        {
            // λ/(λ + ε): a little under 1 where a direction hardly varies.
            Assert.InRange(moments[i, i] / patches, 0.5, 1);
            for (var j = 0; j < i; j++) Assert.Equal(i == j + length ? -moments[i, i] / patches : 0, moments[i, j] / patches, 1e-4);
        }
    }

    [Fact]
    public void What_is_not_trained_is_in_constants()
    {
        var graph = ModelRegistry.Build(new AirbenchOptions(), Images, 10, seed: 1).Graph;
        string[] constants = [.. graph.Nodes.Where(n => n.Is(Ops.Constant)).Select(n => n.Name)];
        Assert.Superset(new HashSet<string> { "whiten.weight", "logit_scale", "bn1.weight", "bn6.weight" }, constants.ToHashSet());
        Assert.Contains("whiten.bias", Trainables.Of(graph).Select(t => t.Name));
        Assert.All(graph.Nodes.Where(n => n.Is(Ops.BatchNormalization)), n => Assert.Equal((0.6f, 1e-12f), (n.Float("momentum", 0), n.Float("epsilon", 0))));

        var trained = Trainables.Of(ModelRegistry.Build(new AirbenchOptions { TrainWhitening = true }, Images, 10, seed: 1).Graph);
        Assert.Equal(PatchWhitening.Filters(Images, 2), trained.Single(t => t.Name == "whiten.weight").Span<float>().ToArray());
    }

    [Fact]
    public void A_convolution_begins_by_passing_its_input_on()
    {
        var weight = ModelRegistry.Build(new AirbenchOptions { Widths = [30, 10] }, Images, 10, seed: 1).Graph.Initializers;
        float At(string name, int o, int i, int k) => weight[name].Span<float>()[(int)((o * weight[name].Dims[1] + i) * 9 + k)];
        for (var o = 0; o < 24; o++)
        {
            for (var i = 0; i < 24; i++) Assert.Equal(o == i ? 1 : 0, At("conv1.weight", o, i, 4));
        }
        Assert.NotEqual(0, At("conv1.weight", 24, 3, 4));
        Assert.Equal(1, At("conv3.weight", 9, 9, 4));
        Assert.Equal(0, At("conv3.weight", 9, 9, 0));
    }

    [Fact]
    public void Samples_must_be_whole_images() =>
        Assert.Contains("whole images of 3072 bytes, but are 100 bytes", Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new AirbenchOptions(), Images with { Samples = new byte[100] }, 10, seed: 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Wrong_options_and_images_too_small_are_reported()
    {
        Assert.Equal(2, Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new AirbenchOptions { Widths = [], ConvsPerGroup = 0 }, Images, 10, seed: 1)).Errors.Count);
        Assert.Contains("does not fit images of 3x16x16", Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new AirbenchOptions(), new ImageModelInput(3, 16, 16), 10, seed: 1)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<double[]> Patches()
    {
        var samples = Images.Samples;
        for (var start = 0; start < samples.Length; start += 3072)
        {
            for (var position = 0; position < 31 * 31; position++)
            {
                var corner = position / 31 * 32 + position % 31;
                yield return [.. Enumerable.Range(0, 12).Select(i => (samples.Span[start + i / 4 * 1024 + corner + i / 2 % 2 * 32 + i % 2] / 255.0 - Images.Mean[i / 4]) / Images.Std[i / 4])];
            }
        }
    }

    /// <summary>Neighbouring pixels alike, as in photographs.</summary>
    private static byte[] CloudyImages(int count)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        var (pixels, value) = (new byte[count], 128.0);
        foreach (ref var pixel in pixels.AsSpan())
        {
            value = Math.Clamp(value + 20 * random.NextNormal(), 0, 255);
            pixel = (byte)value;
        }
        return pixels;
    }
}
