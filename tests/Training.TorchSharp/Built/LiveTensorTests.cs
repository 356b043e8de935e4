using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Tests;
using TorchSharp;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>Counts tensors of the whole process, so nothing else runs beside it.</summary>
[Collection(nameof(Alone))]
public sealed class LiveTensorTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("muon")]
    [InlineData("groups of adamw")]
    [InlineData("accumulate")]
    public void Steps_and_evaluations_leave_no_tensor_behind(string name)
    {
        using var folder = new TempFolder();
        using var data = TestData.Clusters(folder.File("data"));
        using var loader = new BatchLoader(data.Train, new BatchOptions { BatchSize = 40 });
        using var engine = TorchEngines.Create(ShortTrainings.Perceptron(), ShortTrainings.Variants[name], 1, Device.Cpu);
        long After(int epochs)
        {
            for (var epoch = 0; epoch < epochs; epoch++)
            {
                foreach (var batch in loader.Epoch(epoch))
                {
                    engine.Step(batch, new TrainingStep(batch.Step + 1, 1e-3));
                    engine.Evaluate(batch);
                }
            }
            return torch.Tensor.TotalCount;
        }
        After(1);
        // What other tests left to the finalizer goes first.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(After(1), After(3));
    }
}

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
