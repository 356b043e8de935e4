using OnnxPipeline.Pipeline;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Cluster.Kinds;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Sweeps;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Benchmarks.Scaling;

/// <summary>A sweep on a cluster, without the trials' own work.</summary>
internal static class SweepGrowth
{
    /// <summary>Tasks that look for their trial.</summary>
    private const int Lookers = 20;

    private const string Metric = "test.accuracy";
    private static readonly int[] Sizes = [100, 1000, 10_000];
    private static readonly Dictionary<(string, int), TaskEnd> NoOthers = [];

    public static IReadOnlyList<Growth> All { get; } =
    [
        new("plan a sweep", Sizes, (_, trials) => () => Plan(trials)),
        new("hand a planned sweep in", Sizes, (folder, trials) =>
        {
            var plan = Plan(trials);
            return () => HandIn(plan, folder);
        }),
        new("find a task's trial", Sizes, (folder, trials) =>
        {
            var job = HandIn(Plan(trials), folder);
            return () =>
            {
                for (var task = trials; task > trials - Lookers && task > 0; task--) _ = new SweepTrialsOfJob(job.Record(), job).TrialOf(0, task)!.Values;
            };
        })
        { Operations = trials => Math.Min(trials, Lookers) },
        new("follow a sweep that has ended", Sizes, (folder, trials) =>
        {
            var job = Ended(trials, folder);
            return () => new JobFollower(job.Record(), job, new IdleSlurm(), TimeProvider.System).Follow(new SilentObserver(), CancellationToken.None);
        }),
        new("collect its trials", Sizes, (folder, trials) =>
        {
            var job = Ended(trials, folder);
            return () => new SweepTrialsOfJob(job.Record(), job).Record(NoOthers);
        }),
        new("write its record and report", Sizes, (folder, trials) =>
        {
            var job = Ended(trials, folder);
            var sweep = new SweepTrialsOfJob(job.Record(), job).Record(NoOthers);
            return () => SweepFiles.Write(sweep, folder);
        }),
    ];

    private static SweepPlan Plan(int trials)
    {
        var document = RecipeDocument.ReadText("moons", "name: moons\ndata: {dataset: moons}\nmodel: {name: mlp}\ntrain: {loss: {name: binary-cross-entropy}, optimizer: {name: adam}}\n");
        return SweepPlan.Create(document, SweepSection.Empty.With(["train.optimizer.learningRate=1e-4..1e-1:log", "seed=1..1000000000"], new SweepOptions { Random = trials, Metric = Metric }), anySize: true);
    }

    private static JobFolder HandIn(SweepPlan plan, string folder) =>
        new JobDrafts(new SlurmOptions { Command = "pipeline" }, new CliServices { Slurm = new IdleSlurm(), Error = TextWriter.Null }, folder).Sweep(plan, mirror: null, new Dictionary<string, string>());

    /// <summary>A sweep whose trials of ten epochs are all over.</summary>
    private static JobFolder Ended(int count, string folder)
    {
        var plan = Plan(count);
        var job = HandIn(plan, folder);
        var trials = new SweepTrialsOfJob(job.Record(), job);
        var epochs = Enumerable.Range(1, 10).Select(epoch => new EpochMetrics(epoch, epoch * 100, 1e-3, 1.0 / epoch, 0.9, 1.1 / epoch, 0.9)).ToArray();
        for (var task = 1; task <= plan.Runs; task++)
        {
            var begun = trials.TrialOf(0, task)!;
            job.Save(SweepTrialsOfJob.BatchName(0), task, begun with { RunId = $"run-{task}", Epochs = epochs, Metrics = new Dictionary<string, double> { [Metric] = 0.9 } }, SweepJson.Default.TrialRecord);
            job.Save(SweepTrialsOfJob.BatchName(0), task, new TaskEnd(false, null, 1));
        }
        return job;
    }

    private sealed class SilentObserver : ITaskObserver
    {
        public void Noted(string line)
        {
        }

        public void Advanced(Batch batch, int task, TaskProgress progress)
        {
        }

        public void Ended(Batch batch, int task, TaskEnd end)
        {
        }
    }
}
