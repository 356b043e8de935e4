using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Compression.Quantization.Calibration;
using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Compression.Quantization.Scheme;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Compression.Tests.Quantization;

public sealed class CalibrationTests
{
    [Fact]
    public void Every_methods_range_lies_within_the_values()
    {
        var values = Gen.Choose(-100_000, 100_000).Select(i => i / 1000f).NonEmptyListOf();
        Prop.ForAll(values.ToArbitrary(), list =>
        {
            var histogram = Of([.. list], 256);
            ValueRange[] ranges =
            [
                PercentileRange.Of(histogram, 99, false), PercentileRange.Of(histogram, 99, true), EntropyRange.Of(histogram, 128),
                MeanSquaredRange.Of(histogram, IntegerRange.UInt8, false), MeanSquaredRange.Of(histogram, IntegerRange.SymmetricInt8, true),
            ];
            return ranges.All(r => r.Min >= list.Min() && r.Max <= list.Max() && r.LargestMagnitude >= 0);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_percentile_leaves_out_its_share_at_both_ends()
    {
        var histogram = Of([.. Enumerable.Range(-1000, 2001).Select(i => i / 1000f)], 2048);
        var range = PercentileRange.Of(histogram, 90, false);
        Assert.Equal(-0.9, range.Min, 0.005);
        Assert.Equal(0.9, range.Max, 0.005);
        Assert.Equal(0.9, PercentileRange.Of(histogram, 90, true).Max, 0.005);
        Assert.Equal(new ValueRange(-1, 1), PercentileRange.Of(histogram, 100, false));
    }

    [Fact]
    public void Entropy_cuts_off_a_lone_outlier_and_keeps_what_is_common()
    {
        var random = new System.Random(2);
        float[] values = [.. Enumerable.Range(0, 50_000).Select(_ => (float)Math.Abs(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5)), 40f];
        var histogram = Of(values, 2048);
        Assert.InRange(EntropyRange.Of(histogram, 256).Max, 1, 20);
        Assert.Equal(40, histogram.Range.Max);
    }

    /// <summary>A uniform quantiser of eight steps has its least error on a normal distribution at a threshold of about 2.3 (Max 1960).</summary>
    [Fact]
    public void The_squared_error_is_least_where_theory_has_it()
    {
        var random = new System.Random(2);
        float[] values = [.. Enumerable.Range(0, 50_000).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
        var range = MeanSquaredRange.Of(Of(values, 2048), new IntegerRange(Models.ElementType.Int8, -4, 4), symmetric: true);
        Assert.InRange(range.LargestMagnitude, 1.9, 2.8);
    }

    [Fact]
    public void Ranges_are_those_of_the_values_over_all_batches()
    {
        var model = Classifiers.Cnn(8);
        var samples = Classifiers.Images(150, 8);
        var expected = new List<float>();
        using (var runner = new SampleRunner(model, ["relu3"])) runner.Run(samples, 150, results => expected.AddRange(results[0].GetTensorDataAsSpan<float>()));

        var range = new Calibrator(model, samples, new StaticQuantizeOptions()).Measure(["relu3"])["relu3"];
        Assert.Equal((expected.Min(), expected.Max()), ((float)range.Min, (float)range.Max));
        var cut = new Calibrator(model, samples, new StaticQuantizeOptions { Calibration = CalibrationMethod.Percentile, Percentile = 98 }).Measure(["relu3"])["relu3"];
        var share = expected.Count(v => v <= cut.Max) / (double)expected.Count;
        Assert.InRange(share, 0.989, 0.992);
    }

    /// <summary>The samples lie by channels; a model that takes them by rows must see the same colours.</summary>
    [Fact]
    public void A_model_that_takes_pixels_by_rows_is_calibrated_on_the_same_images()
    {
        var samples = Classifiers.Images(40, 8, channels: 3);
        ValueRange RangeIn(ImageLayout layout) => new Calibrator(Classifiers.Cnn(8, 3, layout), samples, new StaticQuantizeOptions()).Measure(["relu3"])["relu3"];
        var (expected, actual) = (RangeIn(ImageLayout.Chw), RangeIn(ImageLayout.Hwc));
        Assert.Equal(expected.Min, actual.Min, 1e-5);
        Assert.Equal(expected.Max, actual.Max, 1e-5);
    }

    [Fact]
    public void Pixels_need_no_measuring_and_a_pooled_value_has_the_range_of_what_it_was_pooled_from()
    {
        var plan = Planner.Plan(new GraphFacts(Classifiers.Cnn()), new StaticQuantizeOptions { ThinInFloat = false }, _ => false);
        var pixels = Assert.Single(plan.Pixels).Value;
        Assert.Equal((1f, 73), (pixels.Parameters.Scale, pixels.Parameters.ZeroPoint));
        Assert.Equal(73 - 0.286 * 255, pixels.Residual, 1e-3);
        Assert.Equal("relu2", plan.RangeOf["maxpool1"]);
        Assert.Equal(6, plan.Absorbed.Count);
        Assert.DoesNotContain("logits", plan.RangeOf.Keys);
    }

    private static Histogram Of(float[] values, int bins)
    {
        var histogram = new Histogram(new ValueRange(values.Min(), values.Max()), bins);
        histogram.Add(values);
        Assert.Equal(values.Length, histogram.Counts.Sum());
        return histogram;
    }
}
