namespace OnnxPipeline.Runtime.Tests;

public sealed class CoresTests
{
    [Theory]
    [InlineData("0", 1)]
    [InlineData("0-3\n", 4)]
    [InlineData("0-3,8-11,15\n", 9)]
    [InlineData("", 0)]
    [InlineData("none", 0)]
    [InlineData("3-0", 0)]
    public void Processors_of_a_list_are_counted(string list, int count) => Assert.Equal(count, Cores.Count(list));

    [Fact]
    public void A_session_that_chooses_by_itself_gets_no_more_than_the_process_has() => Assert.True(Cores.Unasked <= Environment.ProcessorCount);
}
