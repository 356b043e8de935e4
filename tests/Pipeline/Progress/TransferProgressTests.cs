using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Progress;

public sealed class TransferProgressTests
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Fact]
    public void A_terminal_sees_bytes_and_pace_a_few_times_a_second_and_keeps_the_lines()
    {
        using (var progress = new TransferProgress(_output, _time, live: true))
        {
            progress.Report(1000);
            _time.Now = _time.Now.AddSeconds(2);
            progress.Report(3_000_000);
            progress.Report(1000);
            progress.WriteLine("train: done");
        }
        Assert.Equal("\r\e[K3.0 MB  1.5 MB/s\r\e[Ktrain: done\n\r\e[K", _output.ToString());
    }

    [Fact]
    public void A_pipe_gets_the_lines_alone()
    {
        using (var progress = new TransferProgress(_output, _time, live: false))
        {
            progress.Report(1000);
            _time.Now = _time.Now.AddSeconds(2);
            progress.Report(1000);
            progress.WriteLine("train: done");
        }
        Assert.Equal("train: done\n", _output.ToString());
    }
}
