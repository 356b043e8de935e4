using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class StageGraphTests
{
    [Fact]
    public void A_diamond_is_ordered_once_each()
    {
        var order = StageGraph.Order([Stage("d", "b", "c"), Stage("c", "a"), Stage("b", "a"), Stage("a")]);
        Assert.Equal(["a", "b", "c", "d"], order.Select(s => s.Name));
    }

    [Fact]
    public void Until_takes_only_what_the_stage_needs() =>
        Assert.Equal(["a", "c"], StageGraph.Order([Stage("a"), Stage("b", "a"), Stage("c", "a")], "c").Select(s => s.Name));

    [Fact]
    public void A_circle_is_an_error_that_shows_it() =>
        Assert.Contains("b → c → b", Assert.Throws<InvalidOperationException>(() => StageGraph.Order([Stage("a", "b"), Stage("b", "c"), Stage("c", "b")])).Message);

    [Fact]
    public void An_input_nobody_makes_is_an_error_with_those_there_are() =>
        Assert.Contains("'a' reads 'x', which no stage makes; stages: a, b", Assert.Throws<InvalidOperationException>(() => StageGraph.Order([Stage("a", "x"), Stage("b")])).Message);

    [Fact]
    public void Two_stages_cannot_share_a_name_or_show_one_file()
    {
        Assert.Contains("'a'", Assert.Throws<InvalidOperationException>(() => StageGraph.Order([Stage("a"), Stage("a")])).Message);
        FakeStage[] shown = [new("a", _ => { }) { Shown = [new("1", "x")] }, new("b", _ => { }) { Shown = [new("2", "x")] }];
        Assert.Contains("'x'", Assert.Throws<InvalidOperationException>(() => StageGraph.Order(shown)).Message);
    }

    private static FakeStage Stage(string name, params string[] inputs) => new(name, _ => { }) { Inputs = inputs };
}
