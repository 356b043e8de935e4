using OnnxPipeline.Compression;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Tests.Fakes;
using SmallRun = OnnxPipeline.Pipeline.Tests.Reports.ReportedRun;

namespace OnnxPipeline.Pipeline.Tests.Stages;

/// <summary>Pruning as a stage of a recipe, from generated images to the page.</summary>
public sealed class PruneStageTests : IDisposable
{
    private const string Recipe = "{name: small, data: {validation: 0.1}, model: {name: mlp, hidden: [16]}, train: {epochs: 2, batchSize: 24}, prune: ";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recipe_exports_and_reports_the_pruned_model()
    {
        var (code, _, error) = await RunAsync("{method: {name: channels, amount: 0.75}, fineTune: {epochs: 1, batchSize: 24}, sensitivity: {amounts: [0.5]}}}");
        Assert.True(code == Cli.Done, error);

        var report = PruneReport.FromJson(File.ReadAllText(Latest("prune.json")));
        Assert.Equal(new LayerPruning("linear1", 16, 4), report.Layers[0]);
        Assert.Contains(Model.Load(Latest("model.onnx")).Graph.Initializers, t => t.Dims.Contains(4));
        var page = File.ReadAllText(Latest("report.html"));
        Assert.Contains("Each layer pruned alone", page, StringComparison.Ordinal);
        Assert.Contains("prune: left: head: ", error, StringComparison.Ordinal);

        (_, _, error) = await RunAsync("{method: {name: channels, amount: 0.5}, fineTune: {epochs: 1, batchSize: 24}, sensitivity: {amounts: [0.5]}}}", "--until", "prune");
        Assert.Contains("train: cached", error, StringComparison.Ordinal);
        Assert.Contains("prune.method.amount", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_and_checkpoints_of_fine_tuning_change_no_key()
    {
        await RunAsync("{fineTune: {epochs: 1}}}", "--until", "prune");
        var (_, _, error) = await RunAsync("{fineTune: {epochs: 1, threads: 1, checkpointSeconds: 1}}}", "--until", "prune");
        Assert.DoesNotContain("prune: running", error, StringComparison.Ordinal);
        Assert.Contains("prune: cached", error, StringComparison.Ordinal);
    }

    private string Latest(string name) => _folder.File($"artifacts/latest/{name}");

    private Task<(int Code, string Output, string Error)> RunAsync(string prune, params string[] options)
    {
        File.WriteAllText(_folder.File("small.yaml"), Recipe + prune);
        return CommandLine.RunAsync(SmallRun.Services(_folder.Path), ["run", "small.yaml", .. options]);
    }
}
