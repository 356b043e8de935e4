using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

public sealed class EvaluateCommandTests : IDisposable
{
    private const int Dark = 0, Bright = 1, Middle = 2;
    private readonly TempFolder _folder = new();
    private string[] _labels = TestModels.Labels;
    private int _built;

    public EvaluateCommandTests() => File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Accuracy_class_figures_and_confusion_are_those_counted_by_hand()
    {
        var (code, output, error) = await Run();
        Assert.Equal(Cli.Done, code);
        Assert.Contains("data: running (", error);
        // Ten samples; one white image that is labelled dark is the only mistake.
        Assert.StartsWith("accuracy 90.00 %, loss ", output);
        Assert.Contains(" on 10 test samples of fashion-mnist\n", output);
        Assert.Matches(@"\nCLASS +SAMPLES +PRECISION +RECALL +F1\ndark +5 +1.0000 +0.8000 +0.8889\nbright +3 +0.7500 +1.0000 +0.8571\nmiddle +2 +1.0000 +1.0000 +1.0000\n", output);
        Assert.Matches(@"\nTRUE CLASS +0 +1 +2\n0 dark +4 +1 +0\n1 bright +0 +3 +0\n2 middle +0 +0 +2\n", output);
    }

    [Fact]
    public async Task A_second_evaluation_takes_the_dataset_from_the_store_and_neither_is_a_run()
    {
        await Run("--batch", "3");
        var (code, output, error) = await Run("--json", "--split", "validation");
        Assert.Equal((Cli.Done, 1), (code, _built));
        Assert.Contains("data: cached (", error);
        using var json = JsonDocument.Parse(output);
        Assert.Equal("validation", json.RootElement.GetProperty("split").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("metrics").GetProperty("accuracy").GetDouble());
        Assert.Equal(["store"], Directory.GetFileSystemEntries(_folder.File("artifacts")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_batch_does_not_change_the_figures()
    {
        var (_, whole, _) = await Run("--json");
        var (_, single, _) = await Run("--json", "--batch", "1");
        Assert.Equal(Accuracy(whole), Accuracy(single));

        static double Accuracy(string json) => JsonDocument.Parse(json).RootElement.GetProperty("metrics").GetProperty("accuracy").GetDouble();
    }

    [Fact]
    public async Task Other_names_for_the_classes_are_noted()
    {
        _labels = ["low", "high", "half"];
        var (code, output, error) = await Run();
        Assert.Equal(Cli.Done, code);
        Assert.Contains("note: the model calls its classes dark, bright, middle; they are taken for fashion-mnist's in the same order", error);
        Assert.Matches(@"\nlow +5 ", output);
    }

    [Fact]
    public async Task A_model_that_does_not_fit_the_data_is_bad_usage()
    {
        File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness(channels: 3));
        var (code, output, error) = await Run();
        Assert.Equal((Cli.BadUsage, ""), (code, output));
        Assert.Contains("The model takes images of 3x28x28, but fashion-mnist has 1x28x28.", error);

        _labels = ["a", "b", "c", "d"];
        File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness());
        Assert.Contains("The model has 3 classes, but fashion-mnist has 4.", (await Run("--seed", "2")).Error);
    }

    [Fact]
    public async Task A_model_from_elsewhere_is_used_where_it_leaves_no_doubt_and_refused_with_the_reason_where_it_does()
    {
        File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness(metadata: false));
        Assert.Contains("accuracy 90.00 %", (await Run()).Output);

        File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness(metadata: false, softmax: false));
        var (code, output, error) = await Run();
        Assert.Equal((Cli.Failed, ""), (code, output));
        Assert.Contains("holds no probabilities", error);
        Assert.Contains("as 'pipeline run' exports them", error);
    }

    [Fact]
    public async Task A_part_without_samples_is_bad_usage()
    {
        var (code, _, error) = await Run("--validation", "0", "--split", "validation");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("has no validation samples", error);
    }

    [Theory]
    [InlineData("evaluate model.onnx", "--dataset")]
    [InlineData("evaluate absent.onnx --dataset mnist", "There is no model file 'absent.onnx'")]
    [InlineData("evaluate model.onnx --dataset mnsit", "There is no dataset 'mnsit'. Did you mean 'mnist'?")]
    [InlineData("evaluate model.onnx --dataset mnist --split tets", "There is no part of a dataset 'tets'. Did you mean 'test'?")]
    [InlineData("evaluate model.onnx --dataset mnist --batch 0", "--batch must be at least 1")]
    [InlineData("evaluate model.onnx --dataset mnist --validation 1.5", "validation is 1.5")]
    [InlineData("evaluate model.onnx --dataset csv", "with --recipe")]
    [InlineData("evaluate model.onnx --dataset mnist --recipe mnist", "one of the two")]
    [InlineData("evaluate model.onnx --recipe nosuch", "nosuch")]
    public async Task Bad_usage_ends_with_2_and_says_what_is_valid(string line, string expected)
    {
        var (code, output, error) = await CommandLine.RunAsync(_folder.Path, line.Split(' '));
        Assert.Equal((Cli.BadUsage, ""), (code, output));
        Assert.Contains(expected, error);
    }

    [Fact]
    public async Task A_recipe_names_the_users_own_images_and_tables()
    {
        File.WriteAllBytes(_folder.File("table.onnx"), TestTables.Model());
        File.WriteAllText(_folder.File("rows.csv"), "age,colour,member,since,answer\n30,blue,yes,2001-05-06,yes\n1,blue,no,2000-01-02,no\n50,red,yes,2001-01-01,yes\n2,,no,2000-01-01,no\n");
        File.WriteAllText(_folder.File("own.yaml"), "{name: own, model: {name: mlp}, data: {dataset: csv, validation: 0, csv: {path: rows.csv, target: answer, columns: [{name: age, kind: number}, {name: colour, kind: category}, {name: member, kind: boolean}, {name: since, kind: date, parts: [year]}]}}}");
        var (code, output, error) = await CommandLine.RunAsync(_folder.Path, "evaluate", "table.onnx", "--recipe", "own.yaml", "--split", "train");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("accuracy 100.00 %", output);
        Assert.Contains(" on 4 train samples of ", output);
    }

    private Task<(int Code, string Output, string Error)> Run(params string[] options)
    {
        var services = new CliServices
        {
            Folder = _folder.Path,
            DataStage = (data, seed, _) => new FakeStage(DataStage.StageName, context =>
            {
                _built++;
                DatasetWriter.Write(context.Output, Content(data));
            })
            {
                Options = new { data, seed, _labels },
            },
        };
        return CommandLine.RunAsync(services, ["evaluate", "model.onnx", "--dataset", "fashion-mnist", .. options]);
    }

    private DatasetContent Content(DataOptions data) => new()
    {
        Name = data.Dataset,
        Labels = _labels,
        Train = Samples((0, Dark), (255, Bright), (127, Middle)),
        Validation = data.Validation == 0 ? null : Samples((0, Dark), (255, Bright)),
        Test = Samples((0, Dark), (0, Dark), (0, Dark), (0, Dark), (255, Dark), (255, Bright), (255, Bright), (255, Bright), (127, Middle), (127, Middle)),
    };

    private static SampleSet Samples(params (byte Pixel, long Label)[] samples) => new(
        [new SampleTensor("image", DataKind.UInt8, [1, TestModels.Side, TestModels.Side], samples.SelectMany(s => TestModels.Uniform(s.Pixel)).ToArray())],
        samples.Select(s => s.Label).ToArray());
}
