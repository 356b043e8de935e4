using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Pipeline.Tests.Recipes;

public sealed class RecipeReaderTests
{
    private const string Minimal = "name: r\nmodel: {name: mlp}\n";

    [Fact]
    public void Every_kind_of_option_is_bound()
    {
        var recipe = RecipeReader.Parse("r.yaml", """
            name: all-kinds
            seed: 18446744073709551615
            data: {dataset: mnist, validation: 0.25, limit: 0x10}
            augment:
              horizontalFlip: .5
            model:
              name: cnn
              channels: [[8, 16], [32]]
              activation: leaky-relu
              init: kaiming-normal
              batchNorm: false
            train:
              optimizer: {name: sgd, learningRate: 1e-1, momentum: 0.9, nesterov: True}
              schedule:
                name: one-cycle
                risingShare: 0.25
              clipNorm: 1
              earlyStopping: {patience: 3}
            """);
        Assert.Equal(("all-kinds", ulong.MaxValue), (recipe.Name, recipe.Seed));
        Assert.Equal(("mnist", 0.25, (int?)16), (recipe.Data.Dataset, recipe.Data.Validation, recipe.Data.Limit));
        Assert.Equal(0.5, recipe.Augment!.HorizontalFlip);
        var cnn = Assert.IsType<CnnOptions>(recipe.Model);
        Assert.Equal("[[8,16],[32]]", CanonicalJson.Of(cnn.Channels));
        Assert.Equal((Activation.LeakyRelu, Initialization.KaimingNormal, false), (cnn.Activation, cnn.Init, cnn.BatchNorm));
        var sgd = Assert.IsType<SgdOptions>(recipe.Train.Optimizer);
        Assert.Equal((0.1, 0.9, true), (sgd.LearningRate, sgd.Momentum, sgd.Nesterov));
        Assert.Equal(0.25, Assert.IsType<OneCycleScheduleOptions>(recipe.Train.Schedule).RisingShare);
        Assert.Equal((1.0, 3), (recipe.Train.ClipNorm, recipe.Train.EarlyStopping!.Patience));
    }

    [Fact]
    public void What_is_left_out_has_its_default_and_null_clears_what_may_be_null()
    {
        var recipe = RecipeReader.Parse("r.yaml", Minimal + "augment: ~\ndata: {limit: null}\n");
        Assert.Equal(CanonicalJson.Of(new Recipe { Name = "r", Model = new MlpOptions() }), CanonicalJson.Of(recipe));
    }

    [Fact]
    public void All_errors_come_at_once_with_file_line_and_column()
    {
        var error = Assert.Throws<RecipeException>(() => RecipeReader.Parse("r.yaml", "irrelevant: {}", []));
        Assert.Equal(3, error.Errors.Count);

        using var folder = new TempFolder();
        File.WriteAllText(folder.File("bad.yaml"), """
            name: bad
            data:
              datset: mnist
              validation: 1.5
            model:
              name: cnnn
            train:
              epochs: 0
              epochs: 3
              batchSize: many
              optimizer: {name: sgd, momentum: 1}
              schedule: cosine
            export: [1]
            evaluate:
              batchSize: -1
            """);
        error = Assert.Throws<RecipeException>(() => RecipeReader.Read("bad.yaml", folder.Path, ["train.loss={name: cross-entropy, labelSmoothing: 1}"]));
        Assert.Equal(
            [
                "bad.yaml:9:3: the key 'epochs' was given before, at bad.yaml:8:3; remove one of them.",
                "bad.yaml:3:3: data: unknown key 'datset'. Did you mean 'dataset'? Valid: dataset, validation, limit, labelNoise, shuffleLabels, imageFolder, binary, csv, moons.",
                $"bad.yaml:6:9: model.name: 'cnnn' is not known. Did you mean 'cnn'? Valid: {string.Join(", ", ModelRegistry.Entries.Select(e => e.Name))}.",
                "bad.yaml:10:14: train.batchSize: expected an integer, found the string 'many'.",
                "bad.yaml:12:13: train.schedule: expected a mapping with the key 'name' (one of constant, step, cosine, one-cycle, linear, inverse-square-root, exponential, polynomial, cosine-restarts, cyclic, plateau), found the string 'cosine'.",
                "bad.yaml:13:9: export: expected a mapping of options, found a list.",
                "bad.yaml:4:15: data.validation: expected a value in [0, 1), found 1.5.",
                "bad.yaml:8:11: train.epochs: expected a value in [1, 1000000], found 0.",
                "--set train.loss={name: cross-entropy, labelSmoothing: 1}: train.loss.labelSmoothing: expected a value in [0, 1), found 1.",
                "bad.yaml:11:36: train.optimizer.momentum: expected a value in [0, 1), found 1.",
                "bad.yaml:15:14: evaluate.batchSize: expected a value in [1, 16777216], found -1.",
            ],
            error.Errors.Select(e => e.ToString()));
    }

    [Theory]
    [InlineData("model: {name: mlp}", "the key 'name' is missing")]
    [InlineData("name: r", "the key 'model' is missing")]
    [InlineData("name: r\nmodel: {hidden: [1]}", "model: the key 'name' is missing; it is one of mlp, cnn")]
    [InlineData("name: r\nmodel: ~", "expected a mapping of options, found nothing (null)")]
    [InlineData("name: r\nmodel: {name: [mlp]}", "model.name: expected one of mlp, cnn, logistic")]
    [InlineData("name: r\nmodel: {name: mlp, channels: [[1]]}", "unknown key 'channels'")]
    [InlineData("name: r\nmodel: {name: mlp, hidden: 12}", "expected a list of integers, found the integer 12")]
    [InlineData("name: r\nmodel: {name: mlp, hidden: [12, x]}", "model.hidden.1: expected an integer, found the string 'x'")]
    [InlineData("name: r\nmodel: {name: cnn, channels: [1, 2]}", "model.channels.0: expected a list of integers, found the integer 1")]
    [InlineData("name: r\nmodel: {name: mlp, activation: relou}", "expected one of none, relu, leaky-relu, tanh, sigmoid, gelu, found the string 'relou'. Did you mean 'relu'?")]
    [InlineData("name: r\nmodel: {name: mlp, activation: Relu}", "Did you mean 'relu'?")]
    [InlineData("name: r\nmodel: {name: mlp, activation: 1}", "found the integer 1")]
    [InlineData("name: r\nmodel: {name: mlp, batchNorm: no}", "expected a boolean (true or false), found the string 'no'")]
    [InlineData("name: r\nmodel: {name: mlp, batchNorm: 1}", "found the integer 1")]
    [InlineData("name: 12\nmodel: {name: mlp}", "expected a string, found the integer 12. Quote it")]
    [InlineData("name: true\nmodel: {name: mlp}", "expected a string, found the boolean true. Quote it")]
    [InlineData("name: r\nmodel: {name: mlp, dropout: '0.1'}", "Take the quotes off")]
    [InlineData("name: r\nmodel: {name: mlp, dropout: 0,1}", "")]
    [InlineData("name: r\nseed: -1\nmodel: {name: mlp}", "expected an integer from 0 to 18446744073709551615, found -1")]
    [InlineData("name: r\nseed: 1.0\nmodel: {name: mlp}", "expected an integer, found the number 1.0")]
    [InlineData("name: r\nmodel: {name: mlp}\nevaluate: {batchSize: 99999999999}", "expected an integer from -2147483648 to 2147483647")]
    [InlineData("- 1", "expected a mapping with keys such as 'name' and 'model', found a list")]
    [InlineData("just text", "found the string 'just text'")]
    public void What_does_not_fit_is_an_error_that_says_what_would(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Throws<RecipeException>(() => RecipeReader.Parse("r.yaml", yaml)).Message);

    [Fact]
    public void PyTorch_is_one_word() =>
        Assert.Contains("\"init\":\"pytorch\"", CanonicalJson.Of(RecipeReader.Parse("r.yaml", "name: r\nmodel: {name: mlp, init: pytorch}").Model));

    [Fact]
    public void No_and_on_are_strings_as_in_yaml_1_2() =>
        Assert.Equal("no", RecipeReader.Parse("r.yaml", "name: no\nmodel: {name: mlp}").Name);

    [Theory]
    [InlineData("train.epochs=7", "7")]
    [InlineData("train.epochs= 7 ", "7")]
    [InlineData("train.epochs=0x7", "7")]
    public void Set_changes_an_option(string set, string expected) =>
        Assert.Equal(expected, RecipeReader.Parse("r.yaml", Minimal, set).Train.Epochs.ToString());

    [Fact]
    public void Set_makes_records_on_the_way_replaces_whole_ones_and_the_last_wins()
    {
        var recipe = RecipeReader.Parse("r.yaml", Minimal + "augment: null", "augment.horizontalFlip=0.5", "model={name: cnn, channels: [[4]]}", "train.epochs=2", "train.epochs=3", "train.clipNorm=");
        Assert.Equal(0.5, recipe.Augment!.HorizontalFlip);
        Assert.Equal("[[4]]", CanonicalJson.Of(Assert.IsType<CnnOptions>(recipe.Model).Channels));
        Assert.Equal((3, (double?)null), (recipe.Train.Epochs, recipe.Train.ClipNorm));
    }

    [Theory]
    [InlineData("train", "expected path=value")]
    [InlineData("=1", "expected path=value")]
    [InlineData("train..epochs=1", "expected path=value")]
    [InlineData("train.epochs=[", "not well-formed YAML")]
    [InlineData("train.epohcs=1", "Did you mean 'epochs'?")]
    [InlineData("name.first=x", "'name' is the string 'r' (at r.yaml:1:7), so nothing can be set inside it")]
    [InlineData("train.epochs=&a 1", "the anchor '&a'")]
    public void A_wrong_set_is_an_error_that_names_it(string set, string expected)
    {
        var error = Assert.Throws<RecipeException>(() => RecipeReader.Parse("r.yaml", Minimal, set));
        Assert.Contains($"--set {set}", error.Message);
        Assert.Contains(expected, error.Message);
    }
}
