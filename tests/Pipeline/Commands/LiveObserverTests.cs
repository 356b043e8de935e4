using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Tests.Fakes;
using Spectre.Console;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class LiveObserverTests
{
    [Fact]
    public void A_terminal_shows_a_bar_with_throughput_and_keeps_the_lines()
    {
        var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Interactive = InteractionSupport.Yes, Out = new WideOutput(output) });
        var key = ArtifactKey.Parse(new string('a', 64));
        var result = LiveObserver.Watch(console, observer =>
        {
            observer.StageCached("data", key, new StageReason(ReasonKind.Cached, "nothing changed"));
            observer.StageStarted("train", key, new StageReason(ReasonKind.Changed, "option [x] changed"));
            for (var step = 1; step <= 6; step++)
            {
                observer.StageAdvanced("train", new ProgressFacts(step, 10, "batches", "epoch 1/2"));
                Thread.Sleep(250);
            }
            observer.StageNoted("train", "epoch 1/2  loss [0.5]");
            observer.StageFinished("train", key, TimeSpan.FromSeconds(2));
            observer.StageStarted("export", key, new StageReason(ReasonKind.Forced, "forced"));
            observer.StageStopped("export");
            return 5;
        });
        Assert.Equal(5, result);
        var text = output.ToString();
        Assert.All(["data", "option [x] changed", "batches/s", " left", "epoch 1/2", "loss [0.5]", "done in 2.0 s", "stopped", "\u001b["], part => Assert.Contains(part, text));
    }
}
