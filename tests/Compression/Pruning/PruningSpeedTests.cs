using System.Diagnostics;
using OnnxPipeline.Compression.Pruning.Channels;
using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;
using Xunit.Abstractions;

namespace OnnxPipeline.Compression.Tests.Pruning;

[Collection(SpeedCollection.Name)]
public sealed class PruningSpeedTests(ITestOutputHelper log)
{
    /// <summary>The network of the default recipe, exported, on one thread; what its weights are does not matter for the time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void Half_of_the_channels_less_is_at_least_half_as_fast_again(int batch)
    {
        var dense = ModelRegistry.Build(new CnnOptions { Channels = [[16, 16], [32, 32], [64, 64]], GlobalPool = true }, new ImageModelInput(1, 28, 28), ModelOutput.Classes(10), seed: 1);
        var pruned = ChannelRemover.Remove(dense, DependencyAnalysis.Of(dense).Groups.SelectMany(g => g.Channels.Take(g.Channels.Count / 2)));
        using var slow = Runner(dense);
        using var fast = Runner(pruned);
        var images = HeldOutSamples.Of(new byte[batch * 28 * 28], new int[batch]).Deployed(0, batch);

        // By turns, and the fastest of each: the machine may be busy with other things.
        var (before, after) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < 200; i++)
        {
            before = Min(before, Time(slow, images));
            after = Min(after, Time(fast, images));
        }
        log.WriteLine($"batch {batch}: {before.TotalMicroseconds:f0} µs and {after.TotalMicroseconds:f0} µs, {before / after:f2} times as fast");
        Assert.True(before >= 1.5 * after, $"batch {batch}: {before.TotalMicroseconds:f0} µs before, {after.TotalMicroseconds:f0} µs after");
    }

    private static ModelRunner Runner(Model model)
    {
        var exported = Exporter.Export(model, new ExportSettings { Labels = [.. Enumerable.Range(0, 10).Select(c => $"class {c}")] }).Model;
        return new ModelRunner(SessionFactory.Create(exported.ToBytes(), new SessionSettings { Threads = 1 }));
    }

    private static TimeSpan Time(ModelRunner runner, SampleBatch images)
    {
        var begun = Stopwatch.GetTimestamp();
        runner.Run(images, Signature.ProbabilitiesName);
        return Stopwatch.GetElapsedTime(begun);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
