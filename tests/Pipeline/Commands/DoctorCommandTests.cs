using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Diagnosis;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task With_the_data_there_the_default_recipe_can_run()
    {
        var (code, output, error) = await Run("doctor", "--data-mirror", Mirror(DatasetRegistry.All));
        Assert.Equal((Cli.Done, ""), (code, error));
        Assert.Matches($@"\nok +onnx runtime +{Providers.Version.Replace(".", @"\.")} \(.*CPUExecutionProvider", output);
        Assert.Matches(@"\nok +image decoding +", output);
        Assert.Matches(@"\nok +engine ort +ort ", output);
        Assert.Matches(@"\n- +engine torch +not built in\n", output);
        Assert.Matches(@"\nok +data fashion-mnist +in /", output);
        Assert.Contains($"The default recipe can run: pipeline run {RecipeCatalog.DefaultRecipe}", output);
        Assert.DoesNotContain("missing", output);
        Assert.DoesNotContain('\u001b', output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, ".doctor*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_dataset_that_the_recipe_needs_is_missing_and_another_one_only_absent()
    {
        var nowhere = DatasetRegistry.Find("fashion-mnist") with { Name = "data-of-nowhere" };
        var sources = new SourceOptions { CacheFolder = _folder.File("cache") };
        var missing = DataChecks.Dataset(nowhere, needed: true, sources);
        Assert.Equal((CheckState.Missing, "not on this machine"), (missing.State, missing.Found));
        Assert.Contains("apt-get install dataset-fashion-mnist, or --data-mirror DIR", missing.Remedy);
        Assert.Equal(CheckState.Absent, DataChecks.Dataset(nowhere, needed: false, sources).State);

        Fill(Path.Combine(_folder.File("cache"), "datasets", nowhere.Name), nowhere.Files.Skip(1).Select(f => f.Name));
        Assert.Equal($"not on this machine: {nowhere.Files[0].Name}", DataChecks.Dataset(nowhere, needed: true, sources).Found);
    }

    [Fact]
    public async Task What_is_missing_ends_with_1_and_json_says_so_too()
    {
        var (code, output, _) = await Run("doctor", "--json", "--data-mirror", _folder.File("absent"));
        Assert.Equal(Cli.Failed, code);
        using var json = JsonDocument.Parse(output);
        Assert.False(json.RootElement.GetProperty("ready").GetBoolean());
        var data = json.RootElement.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "data fashion-mnist");
        Assert.Equal("missing", data.GetProperty("state").GetString());
        Assert.Contains("is no folder", data.GetProperty("found").GetString());
    }

    [Fact]
    public void A_store_that_cannot_be_made_is_missing()
    {
        File.WriteAllText(_folder.File("file"), "in the way");
        Directory.CreateDirectory(_folder.File("there/store"));
        Assert.Equal(CheckState.Ok, StoreChecks.All(_folder.File("there")).First().State);
        Assert.Equal(CheckState.Ok, StoreChecks.All(_folder.File("not/yet")).First().State);
        var blocked = StoreChecks.All(_folder.File("file")).First();
        Assert.Equal(CheckState.Missing, blocked.State);
        Assert.EndsWith("is a file, no folder", blocked.Found);
        Assert.Contains("--artifacts DIR", blocked.Remedy);
    }

    [TmpfsFact]
    public void A_full_disk_and_a_read_only_one_are_missing()
    {
        using var disk = new Tmpfs(256);
        var (store, room) = (StoreChecks.All(disk.Path).First(), StoreChecks.All(disk.Path).Last());
        Assert.Equal((CheckState.Ok, CheckState.Missing), (store.State, room.State));
        Assert.Matches(@"^2\d\d\.\d kB free; a run", room.Found);

        disk.MakeReadOnly();
        store = StoreChecks.All(disk.Path).First();
        Assert.Equal(CheckState.Missing, store.State);
        Assert.Contains("Read-only file system", store.Found);
    }

    [Fact]
    public void What_a_look_throws_is_its_finding()
    {
        var check = Doctor.Look("library", CheckState.Missing, "make setup", () => throw new TypeInitializationException("Native", new DllNotFoundException("libx.so")));
        Assert.Equal(new Check("library", CheckState.Missing, "libx.so", "make setup"), check);
    }

    private string Mirror(IEnumerable<DatasetDefinition> datasets)
    {
        var mirror = _folder.File("mirror");
        foreach (var dataset in datasets) Fill(Path.Combine(mirror, dataset.Name), dataset.Files.Select(f => f.Name));
        return mirror;
    }

    private static void Fill(string folder, IEnumerable<string> files)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in files) File.WriteAllBytes(Path.Combine(folder, file), []);
    }

    private Task<(int Code, string Output, string Error)> Run(params string[] line) => CommandLine.RunAsync(_folder.Path, line);
}
