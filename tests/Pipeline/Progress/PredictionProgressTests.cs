using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Progress;

public sealed class PredictionProgressTests
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Fact]
    public void In_a_pipe_a_line_comes_at_long_intervals_with_rate_and_time_left()
    {
        using (var progress = new PredictionProgress(_output, _time, "images", live: false))
        {
            for (var second = 1; second <= 65; second++)
            {
                _time.Now += TimeSpan.FromSeconds(1);
                progress.Report(new FolderProgress(second * 100, 10_000));
            }
        }
        Assert.Equal("3,000 of 10,000 images  30 %  100 images/s  1:10 left\n6,000 of 10,000 images  60 %  100 images/s  0:40 left\n", _output.ToString());
    }

    [Fact]
    public void On_a_terminal_one_line_moves_and_is_gone_at_the_end()
    {
        using (var progress = new PredictionProgress(_output, _time, "images", live: true))
        {
            progress.Report(new FolderProgress(10, null));
            Assert.Equal("", _output.ToString());
            _time.Now += TimeSpan.FromSeconds(2);
            progress.Report(new FolderProgress(30, null));
            Assert.Equal("\r\e[K30 images  10.0 images/s", _output.ToString());
        }
        Assert.EndsWith("images/s\r\e[K", _output.ToString());
    }
}
