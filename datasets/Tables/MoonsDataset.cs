using System.Runtime.InteropServices;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>
/// Two interleaving half-circles of radius 1 with normal noise: the upper one about (0, 0), the lower one, upside down, about
/// (1, 0.5). Where on its arc a sample lies is uniform. The two classes alternate.
/// </summary>
internal static class MoonsDataset
{
    public const string Name = "moons";
    private const int DefaultTest = 500;

    private enum Part
    {
        Train = 1,
        Validation = 2,
        Test = 3,
    }

    public static DatasetDefinition Definition { get; } = new()
    {
        Name = Name,
        Summary = "Two half-moons in the plane, generated: as many points as asked for, 2 classes",
        Source = "generated",
        Mirrors = [],
        Files = [],
        Read = reading => Generate(reading.Options.Moons ?? new MoonsOptions(), reading.Seed),
    };

    internal static DatasetContent Generate(MoonsOptions options, ulong seed) => new()
    {
        Name = Name,
        Source = Definition.Source,
        Labels = ["upper", "lower"],
        Columns = [new TableColumn { Name = "x", Kind = ColumnKind.Number }, new TableColumn { Name = "y", Kind = ColumnKind.Number }],
        Train = Draw(options.Train, seed, Part.Train),
        Validation = options.Validation.Count > 0 ? Draw(options.Validation, seed, Part.Validation) : null,
        Test = Draw(options.Test.Count > 0 ? options.Test : Shares(options.Train), seed, Part.Test),
    };

    /// <summary>The populations in their proportions, <see cref="DefaultTest"/> samples in all but for rounding.</summary>
    private static MoonsPopulation[] Shares(IReadOnlyList<MoonsPopulation> populations)
    {
        var all = populations.Sum(p => (long)p.Samples);
        return [.. populations.Select(p => p with { Samples = (int)Math.Max(2, Math.Round((double)DefaultTest * p.Samples / all)) })];
    }

    private static SampleSet Draw(IReadOnlyList<MoonsPopulation> populations, ulong seed, Part part)
    {
        var points = new List<float>();
        var labels = new List<long>();
        for (var i = 0; i < populations.Count; i++)
        {
            var random = new CounterRandom(seed, RandomPurpose.Sampling, (ulong)part << 32, (ulong)i);
            var (sin, cos) = Math.SinCos(populations[i].Rotation * Math.PI / 180);
            for (var n = 0; n < populations[i].Samples; n++)
            {
                var (x, y) = Point(ref random, lower: n % 2 == 1, populations[i].Noise);
                points.Add((float)((cos * x) - (sin * y)));
                points.Add((float)((sin * x) + (cos * y)));
                labels.Add(n % 2);
            }
        }
        return new SampleSet([new SampleTensor(TableFeatures.Numeric, DataKind.Float, [2], MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(points)).ToArray())], labels.ToArray());
    }

    private static (double X, double Y) Point(ref CounterRandom random, bool lower, double noise)
    {
        var (sin, cos) = Math.SinCos(Math.PI * random.NextDouble());
        var (x, y) = lower ? (1 - cos, 0.5 - sin) : (cos, sin);
        return (x + (noise * random.NextNormal()), y + (noise * random.NextNormal()));
    }
}
