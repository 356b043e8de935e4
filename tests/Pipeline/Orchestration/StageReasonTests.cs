using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class StageReasonTests
{
    [Fact]
    public void Many_differences_are_counted_and_the_first_told()
    {
        var reason = StageReason.Changed(["a changed", "b changed", "c changed", "d changed", "e changed"]);
        Assert.Equal("a changed; b changed; c changed; and 2 more, which --json lists", reason.Text);
        Assert.Equal(5, reason.Differences.Count);
        Assert.Equal("a changed; b changed; c changed; d changed", StageReason.Changed(["a changed", "b changed", "c changed", "d changed"]).Text);
    }

    [Fact]
    public void An_artifact_of_quite_another_recipe_is_only_named()
    {
        Assert.Equal("a changed (against the closest artifact in the store, 0123)", StageReason.Unlike(["a changed"], "0123").Text);
        Assert.Equal("nothing like it in the store; the closest artifact, 0123, differs in 5 ways", StageReason.Unlike(["a", "b", "c", "d", "e"], "0123").Text);
    }
}
