using OnnxPipeline.Datasets;
using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Training;

namespace OnnxPipeline.Pipeline.Tests.Reports;

/// <summary>A small recipe, run by its real stages on generated images whose labels mean harm, and verified in the second runtime. Tests may run it again, with other options too.</summary>
public sealed class ReportedRun : IAsyncLifetime
{
    internal const string Collection = "reported run";
    internal const string Hostile = "</script><img src=x onerror=alert(1)>";

    private const int Side = 8;
    private readonly TempFolder _folder = new();

    internal string Folder => _folder.Path;

    internal (int Code, string Output, string Error) Ended { get; private set; }

    internal string Latest(string name) => Path.Combine(Folder, "artifacts", "latest", name);

    public async Task InitializeAsync()
    {
        Ended = await RunAsync();
        await RunAsync("--set", "train.optimizer.learningRate=0.1");
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    internal Task<(int Code, string Output, string Error)> RunAsync(params string[] options)
    {
        File.WriteAllText(Path.Combine(Folder, "small.yaml"), "{name: small, model: {name: mlp, hidden: [16]}, train: {epochs: 4, batchSize: 16, optimizer: {name: sgd, learningRate: 0.02}}" + (WebRuntime.Unavailable is null ? ", export: {secondRuntime: true}}" : "}"));
        return CommandLine.RunAsync(Services(Folder), ["run", "small.yaml", .. options]);
    }

    internal static CliServices Services(string folder) => new()
    {
        Folder = folder,
        Stages = (recipe, services) =>
        [
            new FakeStage(DataStage.StageName, context => DatasetWriter.Write(context.Output, Content(recipe.Data.Validation))) { Options = recipe.Data },
            .. RecipeStages.For(recipe, services).Skip(1),
        ],
    };

    private static DatasetContent Content(double validation) => new()
    {
        Name = "squares",
        Source = "made & <b>generated</b>",
        Labels = [Hostile, "it's \"quoted\" | piped", "plain"],
        Train = Samples(240, 1),
        Validation = validation == 0 ? null : Samples(60, 2),
        Test = Samples(90, 3),
    };

    /// <summary>A class is a bright third of the image, under noise that hides it now and then.</summary>
    private static SampleSet Samples(int count, ulong stream)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling, stream);
        var pixels = new byte[count * Side * Side];
        var labels = new long[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(3);
            for (var j = 0; j < Side * Side; j++) pixels[i * Side * Side + j] = (byte)(random.Next(180) + (j * 3 / (Side * Side) == labels[i] ? random.Next(75) : 0));
        }
        return new SampleSet([new SampleTensor("image", DataKind.UInt8, [1, Side, Side], pixels)], labels);
    }
}

[CollectionDefinition(ReportedRun.Collection)]
public sealed class ReportedRunCollection : ICollectionFixture<ReportedRun>, ICollectionFixture<SharedBrowser>;
