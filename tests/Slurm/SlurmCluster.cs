using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace OnnxPipeline.Slurm.Tests;

/// <summary>
/// A Slurm cluster of two nodes with two cores and a GPU each, all on this machine: munged, slurmctld and two slurmd of our own, in a
/// temporary folder and on free ports. The GPUs are device files that nobody opens.
/// </summary>
public sealed class SlurmCluster : IDisposable
{
    public const string Collection = "slurm";
    public static readonly IReadOnlyList<string> Nodes = ["n1", "n2"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, Process> _daemons = [];

    public SlurmCluster()
    {
        if (!OperatingSystem.IsLinux() || new SlurmFactAttribute().Skip is not null) return;
        // munged insists on a socket that others can reach and a key that they cannot.
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        File.WriteAllBytes(At("munge.key"), RandomNumberGenerator.GetBytes(1024));
        File.SetUnixFileMode(At("munge.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(Configuration, Text());
        File.WriteAllText(At("gres.conf"), $"NodeName={string.Join(',', Nodes)} Name=gpu File=/dev/tty1\n");
        File.WriteAllText(At("cgroup.conf"), "CgroupAutomount=no\n");
        foreach (var folder in Nodes.Append("state")) Directory.CreateDirectory(At(folder));
        Start("munged", "--foreground", "--force", $"--key-file={At("munge.key")}", $"--socket={At("munge.socket")}", $"--pid-file={At("munge.pid")}", $"--log-file={At("munge.log")}", $"--seed-file={At("munge.seed")}");
        Until(() => File.Exists(At("munge.socket")), "munged has no socket");
        Start("slurmctld", "-D", "-f", Configuration);
        foreach (var node in Nodes) StartNode(node);
        Until(() => Query("sinfo", "-h", "-o", "%D|%t").Trim() == "2|idle", "the nodes are not idle");
    }

    private string Configuration => At("slurm.conf");

    /// <summary>Starts a node's daemon, also again.</summary>
    public void StartNode(string node) => Start($"slurmd@{node}", "-D", "-N", node, "-f", Configuration);

    /// <summary>Kills a node's daemon; what it runs goes on.</summary>
    public void KillNode(string node)
    {
        _daemons[$"slurmd@{node}"].Kill();
        _daemons[$"slurmd@{node}"].WaitForExit();
    }

    /// <summary>Kills all that runs on a node, as when its power fails.</summary>
    public void FailNode(string node)
    {
        KillNode(node);
        // It renames itself, so that it is found by what the kernel calls it.
        foreach (var step in Directory.EnumerateDirectories("/proc").Where(p => TryRead($"{p}/comm") == "slurmstepd\n").Select(p => int.Parse(Path.GetFileName(p), CultureInfo.InvariantCulture)).ToArray())
        {
            var below = Children(step).ToArray();
            if (!Environments(below).Contains($"SLURM_JOB_NODELIST={node}\0")) continue;
            foreach (var process in below.Append(step)) Kill(process);
        }
    }

    /// <summary>Runs a command of Slurm.</summary>
    public string Query(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = Configuration;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : $"{output}{error.GetAwaiter().GetResult()}";
    }

    /// <summary>Starts the command line with this cluster.</summary>
    internal RunningProcess Pipeline(string folder, params string[] arguments) => new(folder, arguments, new Dictionary<string, string> { ["SLURM_CONF"] = Configuration });

    /// <summary>Waits for something that the cluster does.</summary>
    public static void Until(Func<bool> condition, string otherwise)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, $"{otherwise}, after {Patience.TotalSeconds} s");
            Thread.Sleep(100);
        }
    }

    public void Dispose()
    {
        if (_daemons.Count > 0) Query("scancel", "--user=root");
        foreach (var daemon in _daemons.Values.Reverse())
        {
            if (!daemon.HasExited) daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }
        _folder.Dispose();
    }

    private string At(string name) => _folder.File(name);

    private void Start(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(SlurmFactAttribute.Find(name.Split('@')[0])!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = Configuration;
        var process = Process.Start(start)!;
        // Their logs are files; a full pipe would stop them.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _daemons[name] = process;
    }

    private string Text()
    {
        var host = Dns.GetHostName().Split('.')[0];
        var lines = new List<string>
        {
            "ClusterName=test",
            $"SlurmctldHost={host}(127.0.0.1)",
            "SlurmUser=root",
            "SlurmdUser=root",
            "AuthType=auth/munge",
            // A requeued job waits until its old credential has expired, two minutes by default.
            $"AuthInfo=socket={At("munge.socket")},cred_expire=5",
            "CredType=cred/munge",
            $"StateSaveLocation={At("state")}",
            $"SlurmdSpoolDir={At("%n")}",
            $"SlurmctldPort={FreePort()}",
            $"SlurmctldPidFile={At("slurmctld.pid")}",
            $"SlurmdPidFile={At("%n.pid")}",
            $"SlurmctldLogFile={At("slurmctld.log")}",
            $"SlurmdLogFile={At("%n.log")}",
            "SelectType=select/cons_tres",
            "SelectTypeParameters=CR_Core",
            "ProctrackType=proctrack/linuxproc",
            "TaskPlugin=task/none",
            "SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1",
            "MpiDefault=none",
            "ReturnToService=2",
            "KillWait=5",
            "SlurmdTimeout=10",
            "JobRequeue=1",
            "PreemptType=preempt/partition_prio",
            "PreemptMode=REQUEUE",
            "JobAcctGatherType=jobacct_gather/none",
            "AccountingStorageType=accounting_storage/none",
            "GresTypes=gpu",
        };
        lines.AddRange(Nodes.Select(node => string.Create(CultureInfo.InvariantCulture, $"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={FreePort()} CPUs=2 RealMemory=2000 Gres=gpu:1")));
        lines.Add($"PartitionName=main Nodes={string.Join(',', Nodes)} Default=YES MaxTime=INFINITE State=UP PriorityTier=1");
        lines.Add($"PartitionName=urgent Nodes={string.Join(',', Nodes)} MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF");
        return string.Join('\n', lines) + "\n";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A process's children and theirs, by /proc.</summary>
    private static IEnumerable<int> Children(int process)
    {
        foreach (var child in Directory.EnumerateDirectories($"/proc/{process}/task").SelectMany(thread => TryRead($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse))
        {
            yield return child;
            foreach (var below in Children(child)) yield return below;
        }
    }

    private static string Environments(IEnumerable<int> processes) => string.Concat(processes.Select(p => TryRead($"/proc/{p}/environ")));

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // It has ended meanwhile.
        }
    }

    private static void Kill(int process)
    {
        try
        {
            Process.GetProcessById(process).Kill();
        }
        catch (ArgumentException)
        {
            // It has ended meanwhile.
        }
    }
}

[CollectionDefinition(SlurmCluster.Collection)]
public sealed class SlurmCollection : ICollectionFixture<SlurmCluster>;
