using OnnxPipeline.Compression.Distillation;
using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Compression;

/// <summary>
/// Trains a student on labels and on a teacher's answers to the same batches, augmentation included. Without augmentation and features
/// the teacher answers once for each sample, and its logits are kept in a file.
/// Source: Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015.
/// </summary>
/// <param name="options">The teacher's share, the temperature, features and unlabelled samples; the models themselves are given to <see cref="Distill"/>.</param>
/// <param name="train">How the student is trained; its loss is that of the labels.</param>
/// <param name="seed">Keys all that is drawn at random.</param>
/// <param name="engine">Makes the engine that trains a model by such options.</param>
public sealed class Distiller(DistillOptions options, TrainOptions train, ulong seed, Func<Model, TrainOptions, ITrainingEngine> engine)
{
    private const string LogitsFile = "teacher.logits.f32";
    private const string EnlargedFolder = "enlarged";

    /// <summary>What is done to each training sample; null for nothing.</summary>
    public AugmentOptions? Augment { get; init; }

    /// <summary>Images of the dataset's shape that join the training without labels; null for none.</summary>
    public UnlabelledImages? Unlabelled { get; init; }

    /// <summary>A folder for the teacher's logits, of these teachers and this data alone. What lies there is used again.</summary>
    public required string Work { get; init; }

    /// <summary>Where the checkpoint is kept; null to keep none.</summary>
    public string? CheckpointPath { get; init; }

    public ITrainingObserver Observer { get; init; } = new SilentObserver();

    /// <summary>Reads a teacher from a file.</summary>
    /// <exception cref="DistillException">There is no such file, or it is no ONNX model.</exception>
    public static Model LoadTeacher(string path) => Teacher.Load(path);

    /// <summary>Share of samples whose label the model gives, or several together by their averaged logits; from 0 to 1.</summary>
    /// <exception cref="DistillException">A model takes other samples.</exception>
    public static double Accuracy(IReadOnlyList<(string Name, Model Model)> models, DatasetSplit split, TrainOptions train, CancellationToken cancellation)
    {
        using var ensemble = new TeacherEnsemble(models, split, [], Settings(train));
        return ensemble.Accuracy(split, cancellation);
    }

    /// <summary>Trains a student; the training loss of its history is that of distillation, the validation loss that of the labels alone.</summary>
    /// <param name="student">A model of one output, its logits; a copy is trained.</param>
    /// <param name="teachers">Models by name, at least one, in training's or in deployed form, that take the same samples.</param>
    /// <param name="dataset">The samples to train on and to watch, and the names of the classes.</param>
    /// <param name="cancellation">Asks to save a checkpoint and stop.</param>
    /// <exception cref="DistillException">A teacher takes other samples or gives other classes, or features do not fit.</exception>
    /// <exception cref="TrainingException">The loss does not fit, or training fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint was saved first.</exception>
    public TrainResult Distill(Model student, IReadOnlyList<(string Name, Model Model)> teachers, Dataset dataset, CancellationToken cancellation)
    {
        var sharesLabels = options.Unlabelled > 0 || Unlabelled is not null;
        if (sharesLabels && Augment?.MixesLabels() == true)
            throw new DistillException("distill: mixup and cutmix mix a sample's label with another's, and some have none; leave augment.mixup and augment.cutmix out, or unlabelled and unlabelledImages.");
        using var ensemble = new TeacherEnsemble(teachers, dataset.Train, [.. options.Features.Select(f => f.Teacher)], Settings(train));
        ensemble.CheckClasses(ModelHead.Of(student).Width, dataset.Labels);
        var (prepared, pairs) = FeatureMatcher.Attach(student, ensemble, options.Features, seed);
        using var enlarged = Unlabelled is null ? null : EnlargedTraining.Open(Path.Combine(Work, EnlargedFolder), dataset, Unlabelled, ensemble, cancellation);
        var samples = enlarged?.Train ?? dataset.Train;
        using var kept = Augment?.ChangesSamples() == true || pairs.Count > 0 ? null : KeptLogits.Open(Path.Combine(Work, LogitsFile), ensemble, samples, cancellation);

        var loss = new DistillationLossOptions { Labels = train.Loss, Alpha = options.Alpha, Temperature = options.Temperature, SharesLabels = sharesLabels, Features = pairs };
        using var training = engine(prepared, train with { Loss = loss });
        var trainer = new Trainer(train, seed)
        {
            Augment = Augment,
            CheckpointPath = CheckpointPath,
            Observer = Observer,
            Extras = new TeacherAnswers(ensemble, kept, pairs, TeacherAnswers.Shares(options.Unlabelled, dataset.Train.Count, Unlabelled?.Count ?? 0, seed)),
        };
        var result = trainer.Train(prepared, training, samples, dataset.Validation, cancellation);
        return result with { Model = FeatureMatcher.Detach(result.Model) };
    }

    private static SessionSettings Settings(TrainOptions train) => new() { Device = Device.Parse(train.Device), Threads = train.Threads, Spin = Spinning.WhileRunning };
}
