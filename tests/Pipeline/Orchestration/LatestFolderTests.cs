using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Claims;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class LatestFolderTests : IDisposable
{
    private readonly FakePipeline _pipeline = new();

    public void Dispose() => _pipeline.Dispose();

    [Fact]
    public void Latest_holds_the_shown_files_of_the_last_finished_run()
    {
        var first = _pipeline.Run(new PipelineSettings());
        Assert.Equal(["metrics.json", "model.txt", "run.json"], _pipeline.LatestFiles);
        _pipeline.Run(new PipelineSettings { TrainOptions = new { epochs = 8 } });
        Assert.Contains("epochs", File.ReadAllText(_pipeline.Folder.File("latest/model.txt")));
        Assert.Throws<StageFailedException>(() => _pipeline.Run(new PipelineSettings { TrainOptions = new { epochs = 9 }, InTrain = _ => throw new InvalidDataException("no") }));
        Assert.Contains("8", File.ReadAllText(_pipeline.Folder.File("latest/model.txt")));
        Assert.NotEqual(first.Id, _pipeline.LatestRun.Id);
        Assert.Equal(RunStatus.Finished, _pipeline.LatestRun.Status);
        Assert.Empty(Directory.EnumerateDirectories(_pipeline.Folder.Path, ".latest-*"));
    }

    [Fact]
    public void A_run_ended_early_by_until_is_shown_only_while_no_recipe_has_finished()
    {
        Assert.Equal(["data", "train"], _pipeline.Run(new PipelineSettings { Until = "train" }).Stages.Select(s => s.Name));
        Assert.Equal(["model.txt", "run.json"], _pipeline.LatestFiles);
        _pipeline.Run(new PipelineSettings());
        _pipeline.Run(new PipelineSettings { Until = "data" });
        Assert.Equal(["metrics.json", "model.txt", "run.json"], _pipeline.LatestFiles);
    }

    [Fact]
    public void A_run_whose_claim_on_latest_was_lost_builds_it_again()
    {
        var run = _pipeline.Run(new PipelineSettings());
        var store = new ArtifactStore(_pipeline.Folder.File("store"));
        var artifact = store.Find(ArtifactKey.Parse(run.Stages[1].Key)).Artifact!;
        var claims = _pipeline.Folder.File(".latest.claim");
        var overtaken = 0;

        // Another run took over, removed what was being built, and has ended.
        IEnumerable<(Artifact, ShownFile)> Shown()
        {
            if (overtaken++ == 0)
            {
                File.WriteAllText(Path.Combine(claims, "100"), new ClaimRecord("other", new ClaimOwner("elsewhere", "", "", 7, 7), default, ClaimState.Free, 0).ToText());
                foreach (var build in Directory.GetDirectories(_pipeline.Folder.Path, ".latest-*")) Directory.Delete(build, recursive: true);
            }
            yield return (artifact, new ShownFile("weights.txt", "again.txt"));
        }

        new LatestFolder(_pipeline.Folder.Path, TimeProvider.System).Replace(run, Shown());
        Assert.Equal(2, overtaken);
        Assert.Equal(["again.txt", "run.json"], _pipeline.LatestFiles);
    }
}
