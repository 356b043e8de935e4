using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests;

public sealed class ExecutionOptionsTests
{
    /// <summary>A GPU that no machine has, so that these tests mean the same with one and without.</summary>
    private static readonly Device Absent = new(Device.CudaKind, 4095);

    [Fact]
    public void A_device_that_is_not_there_is_an_error_that_says_what_to_do()
    {
        var error = Assert.Throws<DeviceUnavailableException>(() => Predictor.Open(TestModels.Brightness(), new() { Device = Absent, DeviceMemoryLimit = 1 << 30 }));
        Assert.Contains("cuda:4095", error.Message, StringComparison.Ordinal);
        Assert.Contains("cpu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_CPU_takes_its_place_where_that_is_allowed_and_says_why()
    {
        using var images = Predictor.Open(TestModels.Brightness(), new() { Device = Absent, CpuFallback = true });
        Assert.Equal(Device.Cpu, images.Session.Device);
        Assert.Contains("cuda:4095", images.Session.FallbackReason, StringComparison.Ordinal);
        Assert.Equal("dark", images.PredictPixels(TestModels.Uniform(0)).Top.Label);
        using var rows = TablePredictor.Open(TestTables.Model(), new() { Device = Absent, CpuFallback = true });
        Assert.Contains("cuda:4095", rows.Session.FallbackReason, StringComparison.Ordinal);
        using var cpu = Predictor.Open(TestModels.Brightness(), new() { CpuFallback = true, Threads = 1 });
        Assert.Null(cpu.Session.FallbackReason);
    }

    [Fact]
    public void A_memory_limit_of_nothing_is_refused() =>
        Assert.Contains("above 0", Assert.Throws<ArgumentOutOfRangeException>(() => Predictor.Open(TestModels.Brightness(), new() { DeviceMemoryLimit = 0 })).Message, StringComparison.Ordinal);
}
