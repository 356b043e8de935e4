using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Sweeps;
using OnnxPipeline.Pipeline.Tests.Fakes;
using Spectre.Console;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class LiveSweepObserverTests
{
    [Fact]
    public void A_terminal_shows_a_bar_for_each_running_trial_and_a_line_for_each_that_ended()
    {
        var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Interactive = InteractionSupport.Yes, Out = new WideOutput(output) });
        var key = ArtifactKey.Parse(new string('a', 64));
        var trial = new TrialRecord { Number = 1, Values = new Dictionary<string, string>(), Status = TrialStatus.Done, Seconds = 2 };
        var result = LiveSweepObserver.Watch(console, 2, observer =>
        {
            observer.Noted("rung [1]");
            var views = new[] { observer.TrialStarted(1, "model.hidden=[8]"), observer.TrialStarted(2, "model.hidden=[16]") };
            foreach (var view in views) view.StageStarted("train", key, new StageReason(ReasonKind.FirstTime, "first time"));
            for (var step = 1; step <= 3; step++)
            {
                foreach (var view in views) view.StageAdvanced("train", new ProgressFacts(step, 3, "batches", $"epoch {step}/3 [x]"));
                Thread.Sleep(250);
            }
            observer.TrialEnded(trial, "model.hidden=[8]", 1, 2);
            observer.TrialEnded(trial with { Number = 2, Status = TrialStatus.Failed, Reason = "no [luck]" }, "model.hidden=[16]", 2, 2);
            return 5;
        });
        Assert.Equal(5, result);
        var text = output.ToString();
        Assert.All(["rung [1]", "trials", "trial 1 train", "trial 2 train", "epoch 3/3 [x]", "trial 1: done in 2.0 s (1/2)", "model.hidden=[8]", "trial 2: failed: no [luck] (2/2)"], part => Assert.Contains(part, text));
    }
}
