using System.Diagnostics;
using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Tests.Store.Claims;

public sealed class ClaimOwnerTests
{
    private static ClaimOwner This => ClaimOwner.ThisProcess;

    [Fact]
    public void A_process_that_runs_is_not_gone() => Assert.False(This.KnowsGone(This));

    [Fact]
    public void Another_process_that_got_the_same_ID_is_not_taken_for_its_predecessor() => Assert.True(This.KnowsGone(This with { Started = This.Started - 1 }));

    [Theory]
    [InlineData("machine")]
    [InlineData("boot")]
    [InlineData("container")]
    public void Nothing_is_known_of_processes_of_another(string place)
    {
        var gone = This with { Started = This.Started - 1 };
        Assert.False(This.KnowsGone(place switch
        {
            "machine" => gone with { Host = "elsewhere" },
            "boot" => gone with { Boot = "earlier" },
            _ => gone with { PidNamespace = "pid:[1]" },
        }));
    }

    [Fact]
    public async Task A_process_that_ended_is_gone()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        await process.WaitForExitAsync();
        Assert.True(This.KnowsGone(This with { Process = process.Id }));
    }

    [Fact]
    public async Task A_process_that_ended_and_was_not_asked_for_its_exit_code_is_gone()
    {
        if (!OperatingSystem.IsLinux()) return;
        // Once the shell has become another program, which knows of no child, the child ends.
        using var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "(until grep -q sleep /proc/$$/comm; do sleep 0.01; done) & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        var child = int.Parse((await parent.StandardOutput.ReadLineAsync())!);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(50));
        while (!File.ReadAllText($"/proc/{child}/stat").Contains(") Z ")) await Task.Delay(10, patience.Token);
        Assert.True(This.KnowsGone(This with { Process = child, Started = -1 }));
        parent.Kill();
    }
}
