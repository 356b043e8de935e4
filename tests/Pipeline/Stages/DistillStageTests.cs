using System.Text.Json;
using OnnxPipeline.Compression;
using OnnxPipeline.Compression.QuantizationAware;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Tests.Stages;

public sealed class DistillStageTests : IDisposable
{
    private const string Recipe = """
        name: small
        data: { dataset: digits }
        model: { name: cnn, channels: [[8]], globalPool: true }
        train: { epochs: 1, batchSize: 20 }
        distill: { student: { name: cnn, channels: [[2]], globalPool: true }, seeds: 2 }
        quantizationAware: { epochs: 1 }
        """;

    private readonly TempFolder _folder = new();

    public DistillStageTests() => File.WriteAllText(_folder.File("small.yaml"), Recipe);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_student_takes_its_teachers_place_is_fine_tuned_and_stands_beside_it_in_the_report()
    {
        var (code, _, error) = await Run();
        Assert.True(code == Cli.Done, error);

        var report = JsonSerializer.Deserialize(File.ReadAllBytes(_folder.File("artifacts/latest/distill.json")), StageJson.Default.DistillReport)!;
        Assert.Equal([0ul, 1ul], report.Seeds.Select(s => s.Seed));
        Assert.All(report.Seeds, s => Assert.InRange(s.Alone!.Value, 0, 1));
        Assert.True(report.Student.Parameters < report.Teacher.Parameters);
        Assert.Equal(("test", 20), (report.Part, report.Samples));

        var exported = Model.Load(_folder.File("artifacts/latest/model.onnx"));
        Assert.Equal(report.Student.Name, exported.Graph.Name);
        Assert.Contains(exported.Graph.Initializers, t => t.Dims is [2, 1, _, _]);
        Assert.NotEmpty(TrainedRanges.Of(exported));

        var page = File.ReadAllText(_folder.File("artifacts/latest/report.html"));
        Assert.Contains("student, with the teacher", page, StringComparison.Ordinal);
        Assert.Contains("Quantisation-aware training", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_teaches_in_place_of_the_recipes_own_model_wherever_it_lies()
    {
        Assert.Equal(Cli.Done, (await Run("--until", "export")).Code);
        Directory.CreateDirectory(_folder.File("teachers"));
        File.Copy(_folder.File("artifacts/latest/model.onnx"), _folder.File("teachers/deployed.onnx"));
        string[] options = ["--set", "distill.seeds=1", "--until", "distill"];
        var (code, _, error) = await Run(["--set", "distill.teacher=[teachers/deployed.onnx]", .. options]);
        Assert.True(code == Cli.Done, error);

        File.Move(_folder.File("teachers/deployed.onnx"), _folder.File("teachers/moved.onnx"));
        var (_, _, again) = await Run(["--set", "distill.teacher=[teachers/moved.onnx]", .. options]);
        Assert.DoesNotContain("with its teacher", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_teacher_that_is_absent_or_garbage_is_named()
    {
        var (absent, _, error) = await Run("--set", "distill.teacher=[nowhere.onnx]");
        Assert.Equal(Cli.BadUsage, absent);
        Assert.Contains("there is no file", error, StringComparison.Ordinal);

        File.WriteAllText(_folder.File("garbage.onnx"), "no model at all");
        var (garbage, _, reason) = await Run("--set", "distill.teacher=[garbage.onnx]");
        Assert.Equal(Cli.Failed, garbage);
        Assert.Contains("no ONNX model", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_without_labels_join_the_students_training_and_their_content_is_the_key()
    {
        AnsweredImages.WriteFiles(_folder.File("more"), 30, 12, 3);
        string[] Options(string folder) => ["--set", $"distill.unlabelledImages={folder}", "--set", "distill.seeds=1", "--until", "distill"];
        var (code, _, error) = await Run(Options("more"));
        Assert.True(code == Cli.Done, error);
        Assert.Contains("30 images without labels", error, StringComparison.Ordinal);

        Directory.Move(_folder.File("more"), _folder.File("moved"));
        Assert.Contains("distill: cached", (await Run(Options("moved"))).Error, StringComparison.Ordinal);
        File.Delete(_folder.File("moved/000.png"));
        var (_, _, fewer) = await Run(Options("moved"));
        Assert.Contains("29 images without labels", fewer, StringComparison.Ordinal);
        Assert.Contains("distill.unlabelledImages", fewer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_that_are_absent_or_broken_are_named()
    {
        Task<(int Code, string Output, string Error)> With(string folder) => Run("--set", $"distill.unlabelledImages={folder}", "--until", "distill");
        var (absent, _, error) = await With("nowhere");
        Assert.Equal(Cli.BadUsage, absent);
        Assert.Contains("distill.unlabelledImages: there is no folder or archive", error, StringComparison.Ordinal);

        Directory.CreateDirectory(_folder.File("empty"));
        var (empty, _, none) = await With("empty");
        Assert.Equal(Cli.Failed, empty);
        Assert.Contains("there are no images in it", none, StringComparison.Ordinal);

        AnsweredImages.WriteFiles(_folder.File("broken"), 2, 8, 1);
        File.WriteAllBytes(_folder.File("broken/001.png"), [1, 2, 3]);
        var (broken, _, which) = await With("broken");
        Assert.Equal(Cli.Failed, broken);
        Assert.Contains("1 of 2 images are broken:\n  - 001.png", which.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("distill.alpha=1.5", "expected a value in [0, 1]")]
    [InlineData("distill.temperature=0", "expected more than 0")]
    [InlineData("distill.unlabelled=1", "expected a value in [0, 1)")]
    [InlineData("distill.seeds=0", "expected a value in [1, 1000]")]
    [InlineData("quantizationAware.epochs=0", "expected a value in [1, 1000000]")]
    public void Options_beyond_their_bounds_are_named(string set, string expected)
    {
        var error = Assert.Throws<RecipeException>(() => RecipeReader.Read("small.yaml", _folder.Path, [set]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unlabelled_samples_and_mixing_exclude_each_other()
    {
        var error = Assert.Throws<RecipeException>(() => RecipeReader.Read("small.yaml", _folder.Path, ["distill.unlabelled=0.5", "augment={mixup: 0.2}"]));
        Assert.Contains("distill.unlabelled", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<RecipeException>(() => RecipeReader.Read("small.yaml", _folder.Path, ["distill.unlabelledImages=more", "augment={mixup: 0.2}"]));
        Assert.Contains("distill.unlabelledImages", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_is_over_is_not_begun_again()
    {
        var trainings = new FinishedTrainings(Directory.CreateDirectory(_folder.File("work")).FullName);
        var progress = new TrainingProgress { History = [new EpochMetrics(1, 10, 0.1, 2, 0.5, 1.5, 0.6)], BestEpoch = 1 };
        var first = trainings.Get("one", _ => new TrainResult(new Model(new Graph("trained")), progress));
        var (model, history) = trainings.Get("one", _ => throw new InvalidOperationException("begun again"));

        Assert.Equal(first.Model.ToBytes(), model.ToBytes());
        Assert.Equal(JsonSerializer.Serialize(first.History), JsonSerializer.Serialize(history));
    }

    private Task<(int Code, string Output, string Error)> Run(params string[] options) =>
        CommandLine.RunAsync(GeneratedDatasets.In(_folder.Path), ["run", "small.yaml", .. options]);
}
