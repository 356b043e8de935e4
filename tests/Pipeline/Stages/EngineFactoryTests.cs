using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Training;
using OnnxPipeline.Training.TorchSharp;

namespace OnnxPipeline.Pipeline.Tests.Stages;

public sealed class EngineFactoryTests
{
    [Fact]
    public void On_the_CPU_auto_is_ort()
    {
        Assert.Equal("ort", EngineFactory.NameOf(new TrainOptions { Engine = "auto" }));
        Assert.StartsWith("ort ", EngineFactory.Version(new TrainOptions { Engine = "auto" }), StringComparison.Ordinal);
    }

    [Fact]
    public void On_CUDA_auto_is_torch_where_it_was_built_in() =>
        Assert.Equal(TorchEngines.IsBuilt ? "torch" : "ort", EngineFactory.NameOf(new TrainOptions { Engine = "auto", Device = "cuda" }));

    [Fact]
    public void An_engine_that_is_not_built_in_is_an_error_that_says_how_to_build_with_it()
    {
        var train = new TrainOptions { Engine = "torch" };
        if (TorchEngines.IsBuilt) Assert.StartsWith("torch ", EngineFactory.Version(train), StringComparison.Ordinal);
        else Assert.Contains("-p:TorchSharp=true", Assert.Throws<UsageException>(() => EngineFactory.Version(train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ort_trains_in_float32()
    {
        var error = Assert.Throws<UsageException>(() => EngineFactory.Version(new TrainOptions { Precision = Precision.Float16 }));
        Assert.Contains("train.precision", error.Message, StringComparison.Ordinal);
        Assert.Contains("torch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_engine_lists_those_there_are() =>
        Assert.Contains("ort, torch and auto", Assert.Throws<UsageException>(() => EngineFactory.NameOf(new TrainOptions { Engine = "abacus" })).Message, StringComparison.Ordinal);
}
