using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Sweeps;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>Divides a sweep, a run or a folder into batches of tasks, and hands them in.</summary>
/// <param name="slurm">What is asked of Slurm.</param>
/// <param name="services">The world.</param>
/// <param name="artifacts">Where artifacts are; the nodes must see the same folder.</param>
internal sealed class JobDrafts(SlurmOptions slurm, CliServices services, string artifacts)
{
    private readonly JobSubmitter _submitter = new(services, artifacts);

    /// <summary>An array of trials; with successive halving one a rung, each after the one before.</summary>
    public JobFolder Sweep(SweepPlan plan, string? mirror, IReadOnlyDictionary<string, string> environment)
    {
        var rungs = plan.Rungs.Select(r => new RungPlan(r.Trials, plan.Options.Halving is null ? null : r.Epochs)).ToArray();
        var sweep = new SweepJobPlan
        {
            SweepId = plan.Id,
            Metric = plan.Options.Metric,
            Minimize = plan.Options.Minimize,
            Parameters = [.. plan.Varied],
            Rungs = rungs,
            Repeat = plan.Options.Repeat,
        };
        var onGpu = OnGpu(plan.RecipeOf(plan.Points[0], plan.Points[0].Trials[0], plan.Rungs[^1]).Train.Device, "train.device");
        var batches = rungs.Select((rung, i) => new BatchPlan(SweepTrialsOfJob.BatchName(i), rung.Combinations * plan.Options.Repeat, i == 0 ? [] : [SweepTrialsOfJob.BatchName(i - 1)], AfterSuccess: false, onGpu)).ToArray();
        var draft = Draft(JobKind.Sweep, plan.Recipe, new { plan.Id, mirror }) with { DataMirror = mirror, Sweep = sweep };
        return _submitter.Submit(draft, batches, environment, folder =>
        {
            folder.Save([.. plan.Points.Select(p => new PointPlan([.. plan.SetsOf(p)], [.. p.Trials.Select(t => new TrialRecord { Number = t.Number, Values = plan.ValuesOf(p), Seed = t.Seed, Status = TrialStatus.Done })]))]);
            foreach (var point in plan.Points)
            {
                foreach (var trial in point.Trials) folder.WriteText(folder.Recipe(trial.Number), CanonicalJson.Of(plan.RecipeOf(point, trial, plan.Rungs[^1])));
            }
        });
    }

    /// <summary>A job a stage that is not cached, each after those whose artifacts it reads, and the last after all.</summary>
    public JobFolder Run(RunRequest request, string? mirror, IReadOnlyDictionary<string, string> environment)
    {
        var order = StageGraph.Order(request.Stages, request.Until);
        var plan = new Orchestrator(artifacts, new SilentRunObserver(), services.Time).Plan(request);
        var todo = order.Zip(plan).Where(p => p.Second.Artifact is null || p.First == order[^1]).Select(p => p.First).ToArray();
        var onGpu = OnGpu(request.Recipe.Train.Device, "train.device");
        var batches = todo.Select(stage => new BatchPlan(
            stage.Name,
            1,
            [.. todo.Where(other => other != stage && (stage == todo[^1] || stage.Inputs.Contains(other.Name))).Select(other => other.Name)],
            AfterSuccess: true,
            onGpu && stage.DeviceKind == Device.CudaKind)).ToArray();
        var draft = Draft(JobKind.Run, request.Recipe.Name, new { recipe = request.Recipe, request.Until, request.Force, mirror }) with { DataMirror = mirror, Run = new RunJobPlan(request.Until, request.Force) };
        return _submitter.Submit(draft, batches, environment, folder => folder.WriteText(folder.Recipe(RunTasks.RecipeNumber), CanonicalJson.Of(request.Recipe)));
    }

    /// <summary>An array of shards, and a job that merges their rows.</summary>
    /// <param name="model">The model's path.</param>
    /// <param name="inputs">The images' files, one by one; null where the arguments name them.</param>
    /// <param name="arguments">What predict is given besides, on a node.</param>
    /// <param name="output">The file that the rows go to.</param>
    /// <param name="low">How many of the least certain rows are listed.</param>
    /// <param name="device">Where the model runs.</param>
    public JobFolder Predict(string model, IEnumerable<string>? inputs, IReadOnlyList<string> arguments, string output, int low, string device)
    {
        using var list = inputs is null ? null : ImageList.Write(inputs, artifacts);
        var onGpu = OnGpu(device, "--device");
        var title = Path.GetFileNameWithoutExtension(model);
        var draft = Draft(JobKind.Predict, title, new { model = FileHasher.Hash(model), list = list?.Hash, arguments, output, slurm.Shards });
        draft = draft with { Predict = new PredictJobPlan(arguments, output, Path.GetExtension(output), low) };
        BatchPlan[] batches =
        [
            new BatchPlan(PredictTasks.Shards, slurm.Shards, [], AfterSuccess: false, onGpu),
            new BatchPlan(PredictTasks.Merge, 1, [PredictTasks.Shards], AfterSuccess: true, OnGpu: false),
        ];
        return _submitter.Submit(draft, batches, new Dictionary<string, string>(), folder => list?.ShareOut(folder, slurm.Shards));
    }

    private JobRecord Draft(JobKind kind, string title, object content) => new()
    {
        Id = "",
        Kind = kind,
        Title = title,
        Created = services.Time.GetUtcNow(),
        Content = CanonicalJson.Hash(content),
        Batches = [],
        Slurm = slurm,
    };

    private static bool OnGpu(string name, string option)
    {
        var device = Device.Parse(name);
        if (device is { IsCuda: true, Index: > 0 }) throw new UsageException($"{option} is '{name}', but on a cluster Slurm chooses the GPU; say 'cuda'.");
        return device.IsCuda;
    }
}
