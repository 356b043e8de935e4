using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Training.Tests.Engines;

public sealed class DeviceMemoryTests
{
    [Fact]
    public void A_batch_that_does_not_fit_is_answered_with_one_that_does()
    {
        var tried = new List<int>();
        var error = DeviceMemory.Exhausted(100, samples => Tried(samples) <= 20, "cuda:0");
        Assert.Equal([50, 25, 12], tried);
        Assert.Contains("set train.batchSize to 12, and train.accumulate to 9", error.Message, StringComparison.Ordinal);
        Assert.Contains("cuda:0", error.Message, StringComparison.Ordinal);

        int Tried(int samples)
        {
            tried.Add(samples);
            return samples;
        }
    }

    [Fact]
    public void Where_not_even_one_sample_fits_it_says_so() =>
        Assert.Contains("Not even one sample", DeviceMemory.Exhausted(8, _ => false, "cuda:0").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData("[enforce fail at alloc_cpu.cpp:66] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes.", true)]
    [InlineData("[ErrorCode:RuntimeException] Non-zero status code returned while running Conv node. Status Message: Failed to allocate memory for requested buffer of size 8589934592", true)]
    [InlineData("Available memory of 1024 is smaller than requested bytes of 4096", true)]
    [InlineData("mat1 and mat2 shapes cannot be multiplied", false)]
    public void Only_what_says_that_memory_ran_out_counts_as_such(string message, bool expected) =>
        Assert.Equal(expected, DeviceMemory.IsExhausted(new InvalidOperationException(message)));
}
