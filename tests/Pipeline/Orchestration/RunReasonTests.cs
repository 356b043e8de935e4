using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class RunReasonTests : IDisposable
{
    private readonly FakePipeline _pipeline = new();

    public void Dispose() => _pipeline.Dispose();

    public static TheoryData<string, string> Changes => new()
    {
        { "option", "option epochs changed from 3 to 5" },
        { "options", "option epochs changed from 3 to 5; option momentum is new, with 0.9; option rate is gone, was 0.1" },
        { "code", "code version changed from 1 to 2" },
        { "engine", "engine changed from ort 1.29.0 to ort 1.30.0" },
        { "device", "device kind changed from cpu to cuda" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_changed_stage_says_what_changed_from_what_to_what(string change, string reason)
    {
        _pipeline.Run(new PipelineSettings());
        _pipeline.Ran.Clear();
        var changed = change switch
        {
            "option" => new PipelineSettings { TrainOptions = new { epochs = 5, rate = 0.1 } },
            "options" => new PipelineSettings { TrainOptions = new { epochs = 5, momentum = 0.9 } },
            "code" => new PipelineSettings { CodeVersion = "2" },
            "engine" => new PipelineSettings { Engine = "ort 1.30.0" },
            _ => new PipelineSettings { Device = "cuda" },
        };
        Assert.Equal(reason, _pipeline.Plan(changed)[1].Reason.Text);
        var run = _pipeline.Run(changed);
        Assert.Equal((ReasonKind.Changed, reason), (run.Stages[1].Reason.Kind, run.Stages[1].Reason.Text));
        Assert.True(run.Stages[0].Cached);
        Assert.Equal("train", _pipeline.Ran[0]);
    }

    [Fact]
    public void A_changed_input_is_named_with_both_hashes_and_an_equal_one_changes_nothing()
    {
        var first = _pipeline.Run(new PipelineSettings());
        var run = _pipeline.Run(new PipelineSettings { Rows = 200 });
        Assert.Equal("option rows changed from 100 to 200", run.Stages[0].Reason.Text);
        Assert.Equal($"input 'data' changed from {first.Stages[0].Hash[..12]} to {run.Stages[0].Hash[..12]}", run.Stages[1].Reason.Text);

        // The code version changes the trained stage's key, but not its bytes: what follows is cached.
        var equal = _pipeline.Run(new PipelineSettings { Rows = 200, CodeVersion = "2" });
        Assert.False(equal.Stages[1].Cached);
        Assert.Equal(run.Stages[1].Hash, equal.Stages[1].Hash);
        Assert.True(equal.Stages[2].Cached);
    }

    [Fact]
    public void A_recipe_without_history_is_compared_with_the_closest_artifact()
    {
        _pipeline.Run(new PipelineSettings { Recipe = "far", TrainOptions = new { epochs = 99, rate = 9 } });
        _pipeline.Run(new PipelineSettings { Recipe = "near" });
        var run = _pipeline.Run(new PipelineSettings { Recipe = "new", TrainOptions = new { epochs = 4, rate = 0.1 } });
        Assert.StartsWith("option epochs changed from 3 to 4 (against the closest artifact in the store, ", run.Stages[1].Reason.Text);
    }

    [Fact]
    public void Damaged_and_missing_artifacts_are_made_again_with_the_reason()
    {
        var run = _pipeline.Run(new PipelineSettings());
        var data = _pipeline.Folder.File($"store/stages/{run.Stages[0].Key}");
        File.WriteAllText(Path.Combine(data, "data.txt"), "rows 1xx");
        var damaged = _pipeline.Run(new PipelineSettings()).Stages[0];
        Assert.Equal(ReasonKind.Damaged, damaged.Reason.Kind);
        Assert.StartsWith("the artifact is damaged: the file 'data.txt' has the SHA-256", damaged.Reason.Text);
        Assert.Equal(run.Stages[0].Hash, damaged.Hash);

        Directory.Delete(data, recursive: true);
        var again = _pipeline.Run(new PipelineSettings());
        Assert.Equal(new StageReason(ReasonKind.Missing, "the artifact of the last run is gone from the store"), again.Stages[0].Reason);
        Assert.True(again.Stages[1].Cached);
    }
}
