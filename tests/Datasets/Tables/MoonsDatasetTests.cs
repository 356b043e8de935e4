using System.Runtime.InteropServices;
using OnnxPipeline.Datasets.Tables;

namespace OnnxPipeline.Datasets.Tests.Tables;

public sealed class MoonsDatasetTests
{
    [Fact]
    public void Without_noise_every_point_lies_on_the_half_circle_of_its_class()
    {
        var content = MoonsDataset.Generate(new MoonsOptions { Train = [new() { Samples = 400, Noise = 0 }] }, seed: 3);
        var points = Points(content.Train);
        for (var i = 0; i < points.Length; i++)
        {
            var (x, y) = points[i];
            var lower = content.Train.Labels.Span[i] == 1;
            Assert.Equal(1, lower ? Math.Sqrt(((x - 1) * (x - 1)) + ((y - 0.5) * (y - 0.5))) : Math.Sqrt((x * x) + (y * y)), 5);
            Assert.True(lower ? y <= 0.5 + 1e-6 : y >= -1e-6);
        }
        Assert.Equal(200, content.Train.Labels.ToArray().Count(l => l == 1));
    }

    [Fact]
    public void A_rotation_turns_counter_clockwise()
    {
        var straight = Points(MoonsDataset.Generate(new MoonsOptions { Train = [new() { Samples = 10 }] }, 1).Train);
        var turned = Points(MoonsDataset.Generate(new MoonsOptions { Train = [new() { Samples = 10, Rotation = 90 }] }, 1).Train);
        Assert.All(straight.Zip(turned), pair => Assert.Equal((-pair.First.Y, pair.First.X), (pair.Second.X, pair.Second.Y)));
    }

    [Fact]
    public void The_noise_has_the_deviation_asked_for()
    {
        var clean = new MoonsOptions { Train = [new() { Samples = 20_000, Noise = 0 }] };
        var noisy = new MoonsOptions { Train = [new() { Samples = 20_000, Noise = 0.3 }] };
        var differences = Points(MoonsDataset.Generate(clean, 1).Train).Zip(Points(MoonsDataset.Generate(noisy, 1).Train), (a, b) => b.X - a.X).ToArray();
        Assert.Equal(0, differences.Average(), 0.01);
        Assert.Equal(0.3, Math.Sqrt(differences.Average(d => d * d)), 0.01);
    }

    [Fact]
    public void Each_part_has_its_own_populations()
    {
        var content = MoonsDataset.Generate(new MoonsOptions
        {
            Train = [new() { Samples = 300 }, new() { Samples = 100, Rotation = 45, Noise = 0.4 }],
            Validation = [new() { Samples = 31 }],
            Test = [new() { Samples = 50, Rotation = 180 }],
        }, 1);
        Assert.Equal((400, 31, 50), (content.Train.Count, content.Validation!.Count, content.Test!.Count));
        Assert.Equal(15, content.Validation.Labels.ToArray().Count(l => l == 1));
        Assert.True(Points(content.Test).Average(p => p.Y) < 0, "turned by 180 degrees, the mean of y, 0.25, becomes -0.25");
    }

    [Fact]
    public void Without_a_test_part_it_is_drawn_anew_from_the_training_populations()
    {
        var content = MoonsDataset.Generate(new MoonsOptions { Train = [new() { Samples = 300 }, new() { Samples = 100 }] }, 1);
        Assert.Null(content.Validation);
        Assert.Equal(500, content.Test!.Count);
        Assert.Empty(Points(content.Test).Intersect(Points(content.Train)));
    }

    [Fact]
    public void The_seed_decides_the_points()
    {
        var options = new MoonsOptions();
        Assert.Equal(Points(MoonsDataset.Generate(options, 1).Train), Points(MoonsDataset.Generate(options, 1).Train));
        Assert.Empty(Points(MoonsDataset.Generate(options, 1).Train).Intersect(Points(MoonsDataset.Generate(options, 2).Train)));
    }

    [Fact]
    public void Every_fault_of_the_options_is_reported_at_once()
    {
        var faults = new DataOptions { Dataset = "moons", Moons = new MoonsOptions { Train = [], Validation = [new() { Samples = 1, Noise = -1 }], Test = [new() { Rotation = double.NaN }] } }.Validate();
        Assert.Equal(["moons.train is empty", "moons.validation.0.samples is 1", "moons.validation.0.noise is -1", "moons.test.0.rotation is NaN"], faults.Select(f => f.Split(';')[0]));
        Assert.Contains("only for 'moons'", Assert.Single(new DataOptions { Moons = new() }.Validate()), StringComparison.Ordinal);
    }

    private static (float X, float Y)[] Points(SampleSet samples) =>
        [.. MemoryMarshal.Cast<byte, float>(samples.Features[0].Data.Span).ToArray().Chunk(2).Select(p => (p[0], p[1]))];
}
