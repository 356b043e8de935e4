using System.Text.Json;
using OnnxPipeline.Compression.Distillation;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Compression.Tests.Distillation;

public sealed class DistillerTests : IDisposable
{
    private static readonly DistillOptions Plain = new() { Student = new CnnOptions(), Temperature = 3 };

    /// <summary>Not Adam: the bias before a batch normalisation has rounding noise for a gradient, which Adam scales up.</summary>
    private static readonly TrainOptions Sgd = GeneratedTask.Options with { Optimizer = new SgdOptions { LearningRate = 0.02, Momentum = 0.9 } };

    private static readonly AugmentOptions Flips = new() { HorizontalFlip = 0.5 };

    private const string WithImages = "images without labels";

    private readonly GeneratedTask _task = new();
    private readonly Model _teacher = GeneratedTask.Cnn(8, seed: 9);

    public static Dictionary<string, (DistillOptions Options, AugmentOptions? Augment)> Variants { get; } = new()
    {
        ["kept logits"] = (Plain, null),
        ["augmented"] = (Plain, Flips),
        ["mixed"] = (Plain, new AugmentOptions { Mixup = 0.4 }),
        ["unlabelled"] = (Plain with { Unlabelled = 0.5 }, null),
        [WithImages] = (Plain, null),
        ["features"] = (Plain with { Features = [new FeatureMatchOptions { Teacher = "relu1", Student = "relu1", Weight = 0.5 }] }, null),
    };

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var name in Variants.Keys)
            {
                cases.Add(name, false);
                cases.Add(name, true);
            }
            return cases;
        }
    }

    public void Dispose() => _task.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_distillation_taken_up_again_gives_the_same_bytes(string name, bool device)
    {
        var expected = Distill(name, device, "whole");
        using (var cancellation = new CancellationTokenSource())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => { Distill(name, device, "part", new StopAt(11, cancellation), cancellation: cancellation.Token); });
        }
        var resumed = Distill(name, device, "part");
        Assert.Equal(expected.Model.ToBytes(), resumed.Model.ToBytes());
        Assert.Equal(JsonSerializer.Serialize(expected.Progress.History), JsonSerializer.Serialize(resumed.Progress.History));
    }

    [Theory]
    [InlineData("kept logits")]
    [InlineData("mixed")]
    [InlineData("unlabelled")]
    [InlineData(WithImages)]
    [InlineData("features")]
    public void Both_engines_go_the_same_way(string name)
    {
        var (fused, device) = (Distill(name, false, "fused"), Distill(name, true, "device"));
        foreach (var (expected, actual) in fused.Progress.History.Zip(device.Progress.History)) Assert.Equal(expected.TrainLoss, actual.TrainLoss, 5e-3);
    }

    [Fact]
    public void A_student_comes_nearer_to_its_teacher_than_one_that_knows_only_labels()
    {
        var teacher = Train(_teacher, GeneratedTask.Options);
        var student = GeneratedTask.Cnn(2);
        var distilled = new Distiller(Plain with { Alpha = 1 }, GeneratedTask.Options with { Epochs = 6 }, 1, (m, o) => GeneratedTask.Engine(m, o, false)) { Work = Folder("near") }
            .Distill(student, [("teacher", teacher)], _task.Data, CancellationToken.None).Model;
        var alone = Train(student, GeneratedTask.Options with { Epochs = 6 });

        Assert.True(Divergence(teacher, distilled) < Divergence(teacher, alone), $"{Divergence(teacher, distilled)} and {Divergence(teacher, alone)}");
    }

    [Fact]
    public void A_deployed_teacher_teaches_as_the_model_it_was_made_from()
    {
        var exported = Exporter.Export(_teacher, new ExportSettings { Labels = _task.Data.Labels }).Model;
        Assert.Equal(0, Divergence(_teacher, exported), 1e-6);
    }

    [Fact]
    public void Kept_logits_are_those_of_each_sample()
    {
        using var teachers = Ensemble(_teacher);
        using var kept = KeptLogits.Open(_task.File("logits"), teachers, _task.Data.Train, CancellationToken.None);
        var all = teachers.Answers(_task.Data.Train, CancellationToken.None).SelectMany(a => a.Logits.Take(a.Batch.Count * GeneratedTask.Classes)).ToArray();
        var some = new float[2 * GeneratedTask.Classes];
        kept.Read([200, 3], some);
        Assert.Equal([.. all.Skip(200 * GeneratedTask.Classes).Take(GeneratedTask.Classes), .. all.Skip(3 * GeneratedTask.Classes).Take(GeneratedTask.Classes)], some);
    }

    [Fact]
    public void Of_an_ensemble_the_logits_are_averaged()
    {
        var other = GeneratedTask.Cnn(4, seed: 3);
        float[] Logits(params Model[] models)
        {
            using var teachers = Ensemble(models);
            return teachers.Answers(_task.Data.Validation, CancellationToken.None).First().Logits;
        }
        var (one, two, both) = (Logits(_teacher), Logits(other), Logits(_teacher, other));
        for (var i = 0; i < both.Length; i++) Assert.Equal((one[i] + two[i]) / 2, both[i], 1e-5f);
    }

    [Fact]
    public void A_teacher_that_answers_every_batch_gives_what_was_kept()
    {
        var everyBatch = Distill("augmented", false, "every", augment: new AugmentOptions { HorizontalFlip = 1e-12 });
        var kept = Distill("kept logits", false, "kept");
        foreach (var (expected, actual) in kept.Progress.History.Zip(everyBatch.Progress.History)) Assert.Equal(expected.TrainLoss, actual.TrainLoss, 1e-4);
    }

    [Fact]
    public void Nothing_of_the_matching_of_features_stays()
    {
        var student = GeneratedTask.Cnn(2);
        var matched = Distill("features", false, "features").Model;
        Assert.Equal(student.Graph.Initializers.Select(t => t.Name), matched.Graph.Initializers.Select(t => t.Name));
        Assert.Equal(student.Graph.Nodes.Select(n => n.Name), matched.Graph.Nodes.Select(n => n.Name));
    }

    [Fact]
    public void Without_labels_the_teacher_alone_is_learnt_from()
    {
        var shares = TeacherAnswers.Shares(0.25, 200, 0, 1)!;
        Assert.Equal(50, shares.Count(s => s == 0));
        Assert.NotEqual(shares, TeacherAnswers.Shares(0.25, 200, 0, 2));
        Assert.Null(TeacherAnswers.Shares(0, 200, 0, 1));
    }

    [Fact]
    public void Images_without_labels_stand_behind_the_samples_with_the_teachers_answers()
    {
        var shares = TeacherAnswers.Shares(0.25, 200, 60, 1)!;
        Assert.Equal(50, shares[..200].Count(s => s == 0));
        Assert.Equal(60, shares[200..].Count(s => s == 0));
        Assert.Equal(TeacherAnswers.Shares(0.25, 200, 0, 1), shares[..200]);

        using var teachers = Ensemble(_teacher);
        using var enlarged = EnlargedTraining.Open(_task.File("enlarged"), _task.Data, Unlabelled(60), teachers, CancellationToken.None);
        var (own, all) = (_task.Data.Train, enlarged.Train);
        Assert.Equal(own.Count + 60, all.Count);
        Assert.Equal(own.Features[0].Items(0, own.Count), all.Features[0].Items(0, own.Count));
        Assert.Equal(own.Label.Items(0, own.Count), all.Label.Items(0, own.Count));
        Assert.Equal(_task.Data.Validation.Features[0].Items(0, 60), all.Features[0].Items(own.Count, 60));
        var logits = teachers.Answers(_task.Data.Validation, CancellationToken.None).First().Logits.Chunk(GeneratedTask.Classes).Take(60);
        Assert.Equal(logits.Select(row => (long)Array.IndexOf(row, row.Max())), Enumerable.Range(own.Count, 60).Select(i => BitConverter.ToInt64(all.Label.Item(i))));
    }

    [Fact]
    public void What_stands_in_for_their_labels_teaches_nothing()
    {
        var expected = Distill(WithImages, false, "answered");
        using (var enlarged = Dataset.Open(Path.Combine(Folder("answered"), "enlarged")))
        {
            var (images, own) = (enlarged.Train.Features[0], _task.Data.Train.Count);
            var otherwise = Enumerable.Range(0, images.Count).Select(i => BitConverter.ToInt64(enlarged.Train.Label.Item(i))).Select((label, i) => i < own ? label : (label + 1) % GeneratedTask.Classes);
            DatasetWriter.Write(Path.Combine(Folder("otherwise"), "enlarged"), new DatasetContent
            {
                Name = "otherwise",
                Labels = enlarged.Labels,
                Train = new SampleSet([new SampleTensor(images.Name, images.Kind, images.ItemShape, images.Items(0, images.Count).ToArray())], otherwise.ToArray()),
            });
        }
        Assert.Equal(expected.Model.ToBytes(), Distill(WithImages, false, "otherwise").Model.ToBytes());
        Assert.NotEqual(expected.Model.ToBytes(), Distill("kept logits", false, "without").Model.ToBytes());
    }

    [Fact]
    public void Images_of_another_shape_and_mixed_ones_are_refused()
    {
        string Fails(Distiller distiller) => Assert.Throws<DistillException>(() => distiller.Distill(GeneratedTask.Cnn(2), [("teacher", _teacher)], _task.Data, CancellationToken.None)).Message;
        var distiller = new Distiller(Plain, Sgd, 1, (m, o) => GeneratedTask.Engine(m, o, false)) { Work = Folder("shape"), Unlabelled = new UnlabelledImages(1, [3, 8, 8], new byte[192], []) };
        Assert.Contains("the images are [3,8,8]", Fails(distiller), StringComparison.Ordinal);
        Assert.Contains("leave augment.mixup", Fails(new Distiller(Plain, Sgd, 1, (m, o) => GeneratedTask.Engine(m, o, false)) { Work = Folder("mixed"), Unlabelled = Unlabelled(2), Augment = new AugmentOptions { Mixup = 1 } }), StringComparison.Ordinal);
    }

    /// <summary>The first images of the validation part, without their labels.</summary>
    private UnlabelledImages Unlabelled(int count)
    {
        var images = _task.Data.Validation.Features[0];
        return new UnlabelledImages(count, images.ItemShape, images.Items(0, count).ToArray(), []);
    }

    private TrainResult Distill(string name, bool device, string run, ITrainingObserver? observer = null, AugmentOptions? augment = null, CancellationToken cancellation = default)
    {
        var (options, own) = Variants[name];
        augment ??= own;
        var distiller = new Distiller(options, Sgd, 1, (m, o) => GeneratedTask.Engine(m, o, device, augment?.MixesLabels() == true))
        {
            Augment = augment,
            Unlabelled = name == WithImages ? Unlabelled(60) : null,
            Work = Folder(run),
            CheckpointPath = Path.Combine(Folder(run), "checkpoint.onnx"),
            Observer = observer ?? new SilentObserver(),
        };
        return distiller.Distill(GeneratedTask.Cnn(2), [("teacher", _teacher)], _task.Data, cancellation);
    }

    private Model Train(Model model, TrainOptions options)
    {
        using var engine = GeneratedTask.Engine(model, options, false);
        return new Trainer(options, 1).Train(model, engine, _task.Data.Train, _task.Data.Validation, CancellationToken.None).Model;
    }

    private TeacherEnsemble Ensemble(params Model[] models) =>
        new([.. models.Select((m, i) => ($"{i}", m))], _task.Data.Train, [], new SessionSettings { Threads = 1 });

    /// <summary>The mean divergence of a student's distributions on validation samples from its teacher's.</summary>
    private double Divergence(Model teacher, Model student)
    {
        using var teachers = Ensemble(teacher);
        using var students = Ensemble(student);
        var sum = 0.0;
        foreach (var (t, s) in Rows(teachers).Zip(Rows(students)))
        {
            for (var c = 0; c < t.Length; c++) sum += t[c] * Math.Log(t[c] / s[c]);
        }
        return sum / _task.Data.Validation.Count;
    }

    private IEnumerable<double[]> Rows(TeacherEnsemble models)
    {
        foreach (var (batch, logits) in models.Answers(_task.Data.Validation, CancellationToken.None))
        {
            foreach (var row in logits.Take(batch.Count * GeneratedTask.Classes).Chunk(GeneratedTask.Classes))
            {
                var exponentials = row.Select(x => Math.Exp(x - row.Max())).ToArray();
                yield return [.. exponentials.Select(e => e / exponentials.Sum())];
            }
        }
    }

    private string Folder(string name) => Directory.CreateDirectory(_task.File(name)).FullName;
}
