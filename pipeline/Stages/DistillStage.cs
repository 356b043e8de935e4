using System.Text.Json;
using OnnxPipeline.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>
/// "distill": a student trained with the help of a teacher, in place of the model before it; for comparison perhaps others, by other seeds
/// and without the teacher. The first seed's student is the result, whichever is best: the others only say how much of it is chance.
/// </summary>
/// <param name="distill">The student, the teacher and the loss.</param>
/// <param name="recipe">What is not said there: training, augmentation, seed, opset.</param>
/// <param name="source">The stage that trained the recipe's own model.</param>
internal sealed class DistillStage(DistillOptions distill, Recipe recipe, string source) : IStage
{
    public const string StageName = "distill";
    public const string ReportFile = "distill.json";

    /// <summary>The history of the first student's training without the teacher.</summary>
    public const string AloneHistoryFile = "history.alone.json";

    private readonly TrainOptions _train = distill.Train ?? recipe.Train;

    public string Name => StageName;

    public string CodeVersion => "2";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, source];

    public object Options { get; } = new DistillStageOptions(Deciding(distill) with { Train = null }, TrainStage.Deciding(distill.Train ?? recipe.Train) with { Engine = "", Device = "" }, recipe.Augment, recipe.Seed, recipe.Export.Opset);

    public string Engine => EngineFactory.Version(_train);

    public string DeviceKind => Device.Parse(_train.Device).Kind;

    public IReadOnlyList<ShownFile> Shown => [new(ReportFile, ReportFile)];

    /// <summary>The options that decide the result: of teachers' files and of images the content, not the place.</summary>
    /// <exception cref="UsageException">A teacher's file, or what holds the images, is not there.</exception>
    public static DistillOptions Deciding(DistillOptions distill) => distill with
    {
        Student = ModelStage.Deciding(distill.Student),
        Teacher = [.. distill.Teacher.Select(path => File.Exists(path) ? FileHasher.Hash(path) : throw new UsageException($"distill.teacher: there is no file '{path}'. Relative paths start from the recipe's folder."))],
        UnlabelledImages = distill.UnlabelledImages is { } images ? ContentOf(images) : null,
        Train = distill.Train is { } train ? TrainStage.Deciding(train) : null,
    };

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        if (dataset.Target is { } target) throw new DistillException($"distill: {dataset.Name} has values of '{target.Name}' to predict, and a teacher's probabilities are of classes. Leave distill out.");
        var held = dataset.Test.Count > 0 ? dataset.Test : dataset.Validation;
        if (held.Count == 0) throw new DistillException($"distill: {dataset.Name} has neither test nor validation samples to compare students on. Set data.validation above 0.");
        var train = _train with { Loss = DatasetModel.LossOf(dataset, _train.Loss) };
        var teachers = Teachers(context);
        var unlabelled = distill.UnlabelledImages is { } path ? Unlabelled(path, dataset, context) : null;
        var trainings = new FinishedTrainings(context.Work);
        double Accuracy(params IReadOnlyList<(string, Model)> models) => Distiller.Accuracy(models, held, train, context.Cancellation);

        var scores = new List<DistillScore>();
        (Model Model, TrainingHistory History)? first = null;
        for (var i = 0; i < distill.Seeds; i++)
        {
            var seed = recipe.Seed + (ulong)i;
            var fresh = ModelStage.Build(dataset, distill.Student, train.Loss, seed, recipe.Export.Opset);
            var student = trainings.Get($"student.{i}", checkpoint => Distil(fresh, teachers, dataset, unlabelled, train, seed, checkpoint, context));
            if (first is null) Save(first = student, context.Output);
            double? alone = null;
            if (distill.Baseline)
            {
                var (model, history) = trainings.Get($"alone.{i}", checkpoint => Alone(fresh, dataset, train, seed, checkpoint, context));
                if (i == 0) File.WriteAllText(Path.Combine(context.Output, AloneHistoryFile), JsonSerializer.Serialize(history, StageJson.Default.TrainingHistory));
                alone = Accuracy(("alone", model));
            }
            scores.Add(new DistillScore(seed, Accuracy(("student", student.Model)), alone));
            context.Progress.Note(FormattableString.Invariant($"seed {seed}: {held.Name} accuracy {100 * scores[^1].Distilled:0.00} %{(alone is null ? "" : FormattableString.Invariant($", without the teacher {100 * alone:0.00} %"))}"));
        }

        var report = new DistillReport
        {
            Part = held.Name,
            Samples = held.Count,
            Alpha = distill.Alpha,
            Temperature = distill.Temperature,
            Teacher = DistilledModel.Of(string.Join(", ", teachers.Select(t => t.Name)), [.. teachers.Select(t => t.Model)]),
            TeacherAccuracy = Accuracy(teachers),
            Student = DistilledModel.Of(first!.Value.Model.Graph.Name, [first.Value.Model]),
            Seeds = scores,
        };
        File.WriteAllText(Path.Combine(context.Output, ReportFile), JsonSerializer.Serialize(report, StageJson.Default.DistillReport));
    }

    private static string ContentOf(string images) => File.Exists(images) || Directory.Exists(images) ? UnlabelledImages.Fingerprint(images)
        : throw new UsageException($"distill.unlabelledImages: there is no folder or archive '{images}'. Relative paths start from the recipe's folder.");

    /// <summary>Images brought to the shape of the dataset's.</summary>
    private static UnlabelledImages Unlabelled(string path, Dataset dataset, StageContext context)
    {
        if (dataset.Columns.Count > 0) throw new DistillException($"distill.unlabelledImages: {dataset.Name} is a table. Leave the images out.");
        var shape = DatasetImages.Of(dataset.Train).ItemShape;
        var images = UnlabelledImages.Read(new ImageFolderOptions { Path = path, Size = $"{shape[1]}x{shape[2]}", Channels = shape[0] == 1 ? ImageChannels.Grey : ImageChannels.Rgb }, cancellation: context.Cancellation);
        context.Progress.Note($"{images.Count} images without labels");
        return images;
    }

    private (string Name, Model Model)[] Teachers(StageContext context) => distill.Teacher.Count > 0
        ? [.. distill.Teacher.Select(path => (Path.GetFileName(path), Distiller.LoadTeacher(path)))]
        : [("the trained model", Model.Load(Path.Combine(context.Input(source), TrainStage.ModelFile)))];

    private TrainResult Distil(Model student, IReadOnlyList<(string, Model)> teachers, Dataset dataset, UnlabelledImages? unlabelled, TrainOptions train, ulong seed, string checkpoint, StageContext context)
    {
        context.Progress.Note($"the student of seed {seed}, with its teacher");
        var distiller = new Distiller(distill, train, seed, (model, options) => EngineFactory.Create(model, options, seed, recipe.Augment))
        {
            Augment = recipe.Augment,
            Unlabelled = unlabelled,
            Work = context.Work,
            CheckpointPath = checkpoint,
            Observer = new TrainingView(context.Progress),
        };
        return distiller.Distill(student, teachers, dataset, context.Cancellation);
    }

    private TrainResult Alone(Model student, Dataset dataset, TrainOptions train, ulong seed, string checkpoint, StageContext context)
    {
        context.Progress.Note($"the student of seed {seed}, without a teacher");
        using var engine = EngineFactory.Create(student, train, seed, recipe.Augment);
        var trainer = new Trainer(train, seed) { Augment = recipe.Augment, CheckpointPath = checkpoint, Observer = new TrainingView(context.Progress) };
        return trainer.Train(student, engine, dataset.Train, dataset.Validation, context.Cancellation);
    }

    private static void Save((Model Model, TrainingHistory History)? student, string folder)
    {
        student!.Value.Model.Save(Path.Combine(folder, TrainStage.ModelFile));
        File.WriteAllText(Path.Combine(folder, TrainStage.HistoryFile), JsonSerializer.Serialize(student.Value.History, StageJson.Default.TrainingHistory));
    }

    private sealed record DistillStageOptions(DistillOptions Distill, TrainOptions Train, AugmentOptions? Augment, ulong Seed, long Opset);
}
