using OnnxPipeline.Compression.Distillation;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Compression.Tests.Distillation;

/// <summary>Teachers that cannot teach.</summary>
public sealed class TeacherTests : IDisposable
{
    private readonly GeneratedTask _task = new(samples: 30);

    public void Dispose() => _task.Dispose();

    [Fact]
    public void A_file_that_is_not_there_and_one_that_is_no_model_are_named()
    {
        Assert.Contains("there is no file", Assert.Throws<DistillException>(() => Teacher.Load(_task.File("absent.onnx"))).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_task.File("garbage.onnx"), [1, 2, 3, 250, 251, 252]);
        Assert.Contains("no ONNX model", Assert.Throws<DistillException>(() => Teacher.Load(_task.File("garbage.onnx"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_another_size_layout_or_encoding_are_refused()
    {
        Model Taking(ElementType element, params Dimension[] shape)
        {
            var model = GeneratedTask.Cnn(2);
            model.Graph.Inputs[0] = new Value(model.Graph.Inputs[0].Name, element, shape);
            return model;
        }
        Assert.Contains("takes image: UInt8[batch,1,9,9]", Refusal(Taking(ElementType.UInt8, "batch", 1, 9, 9)), StringComparison.Ordinal);
        Assert.Contains("put resizing, layout and normalisation in front", Refusal(Taking(ElementType.UInt8, "batch", 8, 8, 1)), StringComparison.Ordinal);
        Assert.Contains("the samples are image uint8[1,8,8]", Refusal(Taking(ElementType.UInt8, "length")), StringComparison.Ordinal);
        Assert.Contains("raw pixels", Refusal(Taking(ElementType.Float, "batch", 1, 8, 8)), StringComparison.Ordinal);
        Assert.Contains("batches of 1 only", Refusal(Taking(ElementType.UInt8, 1, 1, 8, 8)), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_outputs_one_must_be_known_as_the_answer()
    {
        var model = GeneratedTask.Cnn(2);
        var logits = model.Graph.Outputs[0].Name;
        model.Graph.Nodes.Add(new Node(Ops.Identity, [logits], ["first"]));
        model.Graph.Nodes.Add(new Node(Ops.Identity, [logits], ["second"]));
        model.Graph.Outputs.Clear();
        model.Graph.Outputs.AddRange([new Value("first", ElementType.Float, "batch", 3), new Value("second", ElementType.Float, "batch", 3)]);
        Assert.Contains("has 2 outputs", Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_is_no_row_of_logits_is_refused()
    {
        var model = GeneratedTask.Cnn(2);
        var hidden = ValueList.Of(model).First(v => v.Shape.Rank == 4).Name;
        model.Graph.Outputs.Clear();
        model.Graph.Outputs.Add(new Value(hidden, new TensorType(ElementType.Float, null)));
        Assert.Contains("expected logits or probabilities", Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_of_the_teacher_are_those_of_the_student_in_the_same_order()
    {
        using var teachers = Ensemble(GeneratedTask.Cnn(2));
        Assert.Contains("gives 3 logits and the student 5", Assert.Throws<DistillException>(() => teachers.CheckClasses(5, [])).Message, StringComparison.Ordinal);

        var model = GeneratedTask.Cnn(2);
        foreach (var (key, value) in new DeployMetadata { Labels = ["bottom", "middle", "top"] }.ToEntries()) model.Metadata[key] = value;
        using var others = Ensemble(model);
        Assert.Contains("the same in the same order", Assert.Throws<DistillException>(() => others.CheckClasses(3, _task.Data.Labels)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Teachers_of_different_classes_are_no_ensemble() =>
        Assert.Contains("The teachers differ", Assert.Throws<DistillException>(() => Ensemble(GeneratedTask.Cnn(2), GeneratedTask.Cnn(2, classes: 4))).Message, StringComparison.Ordinal);

    [Fact]
    public void Unknown_and_unlike_values_list_those_there_are()
    {
        var (student, teacher) = (GeneratedTask.Cnn(2), GeneratedTask.Cnn(4));
        string Fault(string ofTeacher, string ofStudent)
        {
            FeatureMatchOptions[] features = [new() { Teacher = ofTeacher, Student = ofStudent }];
            return Assert.Throws<DistillException>(() =>
            {
                using var teachers = new TeacherEnsemble([("big", teacher)], _task.Data.Train, [ofTeacher], new SessionSettings { Threads = 1 });
                FeatureMatcher.Attach(student, teachers, features, 1);
            }).Message;
        }
        var values = ValueList.Of(student).Where(v => v.Shape.Rank == 4).ToArray();
        var (fine, coarse) = (values[0], values[^2]);
        Assert.Contains($"the teacher 'big' has no value 'nowhere'. It has: ", Fault("nowhere", fine.Name), StringComparison.Ordinal);
        Assert.Contains($"the student has no value 'nowhere'. It has: {ValueList.Text(student)}", Fault(fine.Name, "nowhere"), StringComparison.Ordinal);
        Assert.Contains($"{fine.Name} {fine.Shape}", Fault(coarse.Name, fine.Name), StringComparison.Ordinal);
        Assert.Contains("differ in more than their channels", Fault(coarse.Name, fine.Name), StringComparison.Ordinal);
    }

    [Fact]
    public void Unlabelled_samples_are_not_mixed_with_labelled_ones()
    {
        var distiller = new Distiller(new DistillOptions { Student = new CnnOptions(), Unlabelled = 0.5 }, GeneratedTask.Options, 1, (m, o) => GeneratedTask.Engine(m, o, false)) { Work = _task.File("none"), Augment = new() { Mixup = 1 } };
        Assert.Contains("augment.mixup", Assert.Throws<DistillException>(() => distiller.Distill(GeneratedTask.Cnn(2), [("t", GeneratedTask.Cnn(4))], _task.Data, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    private string Refusal(Model model) => Assert.Throws<DistillException>(() => Ensemble(model)).Message;

    private TeacherEnsemble Ensemble(params Model[] models) =>
        new([.. models.Select((m, i) => ($"teacher {i}", m))], _task.Data.Train, [], new SessionSettings { Threads = 1 });
}
