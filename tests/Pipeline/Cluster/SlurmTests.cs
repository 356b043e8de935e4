using System.Diagnostics;
using OnnxPipeline.Pipeline.Cluster;

namespace OnnxPipeline.Pipeline.Tests.Cluster;

/// <summary>The words that Slurm is spoken to with, and the script that it is given.</summary>
public sealed class SlurmTests
{
    private static readonly BatchRequest Request = new("digits-rung-1", "/jobs/1/batch.sh", ["rung-1", "1"], 12, "/jobs/1/logs/%a.log", [], AfterSuccess: false, OnGpu: false, new SlurmOptions(), new Dictionary<string, string>());

    [Fact]
    public void A_batch_says_what_it_needs()
    {
        var options = new SlurmOptions { Partition = "cpu", GpuPartition = "gpu", Account = "lab", Qos = "low", Constraint = "avx512", Time = "2:00:00", Cores = 8, Memory = "4G", Gpus = 2, GpuType = "a100", MaxTasks = 3, Flags = ["--exclusive"] };
        var arguments = OnnxPipeline.Pipeline.Cluster.Slurm.Arguments(Request with { OnGpu = true, Options = options, After = ["7", "8"], AfterSuccess = true }).ToArray();
        foreach (var expected in new[]
        {
            "--parsable", "--array=1-12%3", "--partition=gpu", "--account=lab", "--qos=low", "--constraint=avx512", "--time=2:00:00", "--cpus-per-task=8", "--mem=4G",
            "--gres=gpu:a100:2", "--exclusive", "--dependency=afterok:7:8", "--kill-on-invalid-dep=yes", "--requeue", "--signal=B:USR1@120",
        }) Assert.Contains(expected, arguments);
        Assert.Equal(["/jobs/1/batch.sh", "rung-1", "1"], arguments[^3..]);
    }

    [Fact]
    public void What_is_not_asked_for_is_left_to_the_cluster()
    {
        var arguments = OnnxPipeline.Pipeline.Cluster.Slurm.Arguments(Request with { Tasks = null }).ToArray();
        foreach (var absent in new[] { "--array", "--partition", "--account", "--qos", "--time", "--mem", "--gres", "--dependency", "--kill" })
            Assert.DoesNotContain(arguments, a => a.StartsWith(absent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(3, 1, "requeue 5_7")]
    [InlineData(3, 3, "")]
    public void The_script_puts_a_failed_task_back_as_often_as_it_may(int code, int failedBefore, string scontrol)
    {
        using var folder = new TempFolder();
        var run = RunScript(folder, $"exit {code}", failedBefore, signal: null);
        Assert.Equal(scontrol, run.Scontrol);
        Assert.Equal(failedBefore + (code == 0 ? 0 : 1), run.Failures);
        if (scontrol.Length == 0) Assert.Equal(code, run.Code);
        Assert.Equal(failedBefore >= 3, run.Arguments.Contains("--final"));
        Assert.Contains("task /", run.Arguments);
        Assert.EndsWith("rung-1 1007", run.Arguments.Replace(" --final", ""));
    }

    [Theory]
    [InlineData("USR1", 130, "requeue 5_7", 0)]
    [InlineData("USR1", 1, "requeue 5_7", 1)]
    [InlineData("TERM", 130, "", 0)]
    public void Signals_reach_the_task_and_only_the_time_limit_puts_it_back(string signal, int code, string scontrol, int failures)
    {
        using var folder = new TempFolder();
        var run = RunScript(folder, $"trap 'exit {code}' TERM; touch ready; while :; do sleep 0.01; done", 0, signal);
        Assert.Equal(scontrol, run.Scontrol);
        Assert.Equal(failures, run.Failures);
    }

    /// <summary>Runs a job's script in which a shell script stands for the command and another for scontrol.</summary>
    private static (int Code, string Arguments, string Scontrol, int Failures) RunScript(TempFolder folder, string body, int failedBefore, string? signal)
    {
        var job = folder.File("it's a job");
        Directory.CreateDirectory(Path.Combine(job, "tasks", "rung-1", "1007"));
        var failures = Path.Combine(job, "tasks", "rung-1", "1007", JobFolder.FailuresFile);
        File.WriteAllText(failures, string.Concat(Enumerable.Repeat("exit code 3\n", failedBefore)));
        WriteProgram(folder.File("pipeline"), $"echo \"$@\" > arguments; {body}");
        WriteProgram(folder.File("scontrol"), "echo -n \"$@\" > scontrol.txt");
        File.WriteAllText(Path.Combine(job, "batch.sh"), BatchScript.Text(folder.File("pipeline"), job, new SlurmOptions { Retries = 3 }));
        var start = new ProcessStartInfo("bash", [Path.Combine(job, "batch.sh"), "rung-1", "1001"]) { WorkingDirectory = folder.Path };
        start.Environment["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        (start.Environment["SLURM_ARRAY_JOB_ID"], start.Environment["SLURM_ARRAY_TASK_ID"], start.Environment["SLURM_JOB_ID"]) = ("5", "7", "11");
        using var process = Process.Start(start)!;
        if (signal is not null)
        {
            while (!File.Exists(folder.File("ready"))) Thread.Sleep(5);
            Process.Start("kill", ["-s", signal, $"{process.Id}"]).WaitForExit();
        }
        process.WaitForExit();
        var scontrol = folder.File("scontrol.txt");
        return (process.ExitCode, File.ReadAllText(folder.File("arguments")).Trim(), File.Exists(scontrol) ? File.ReadAllText(scontrol) : "", File.ReadAllLines(failures).Length);
    }

    private static void WriteProgram(string path, string body)
    {
        File.WriteAllText(path, $"#!/bin/bash\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
