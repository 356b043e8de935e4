using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Benchmarks.Scaling;

/// <summary>What a run asks of the artifacts folder, by how much is in it.</summary>
internal static class StoreGrowth
{
    private const int Times = 20;
    private static readonly DateTimeOffset Begun = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<Growth> All { get; } =
    [
        new("begin runs that all begin in one second", [100, 1000], (folder, runs) => () =>
        {
            for (var run = 0; run < runs; run++) Begin(folder, Begun);
        }),
        new("find a recipe's last run, among runs", [100, 1000, 10_000], (folder, runs) =>
        {
            for (var run = 0; run < runs; run++) Begin(folder, Begun.AddSeconds(run));
            return Repeated(() =>
            {
                var history = new RunHistory(folder);
                history.LastStage(history.IdsOf("net"), "net", "data");
            });
        })
        { Operations = _ => Times },
        new("find a cached artifact, among artifacts", [100, 1000], (folder, artifacts) =>
        {
            var store = new ArtifactStore(folder);
            var keys = Enumerable.Range(0, artifacts).Select(i => Publish(store, i)).ToArray();
            return Repeated(() => store.Find(keys[^1]));
        })
        { Operations = _ => Times },
        new("clean up before a run, among live stages", [100, 1000], (folder, stages) =>
        {
            var store = new ArtifactStore(folder);
            foreach (var i in Enumerable.Range(0, stages))
            {
                var key = IdentityOf(i).ComputeKey();
                store.Claim(key, _ => { }, CancellationToken.None);
                store.Begin(key);
            }
            return store.RemoveLeftovers;
        })
        { Operations = _ => 1 },
    ];

    private static Action Repeated(Action action) => () =>
    {
        for (var time = 0; time < Times; time++) action();
    };

    private static void Begin(string folder, DateTimeOffset started) => new RunHistory(folder).Begin(new RunRecord
    {
        Id = "",
        Recipe = "net",
        RecipeHash = "",
        Seed = 1,
        ToolVersion = "1",
        Started = started,
        Status = RunStatus.Finished,
        Options = JsonSerializer.SerializeToElement(new { }),
        Stages = [new StageRecord { Name = "data", Key = "", Hash = "", Cached = true, Seconds = 1, Reason = new StageReason(ReasonKind.Cached, ""), Identity = IdentityOf(1), Shown = [] }],
    });

    private static StageIdentity IdentityOf(int number) => new()
    {
        Stage = "data",
        CodeVersion = "1",
        Options = JsonSerializer.SerializeToElement(new { number }),
        Inputs = new Dictionary<string, string>(),
        Engine = null,
        DeviceKind = null,
    };

    private static ArtifactKey Publish(ArtifactStore store, int number)
    {
        var identity = IdentityOf(number);
        var key = identity.ComputeKey();
        using var writer = store.Begin(key);
        File.WriteAllText(Path.Combine(writer.Output, "data.txt"), $"{number}");
        store.Publish(writer, identity, TimeSpan.Zero);
        return key;
    }
}
