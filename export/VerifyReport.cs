using System.Text.Json;
using System.Text.Json.Serialization;
using OnnxPipeline.Export.SecondRuntime;

namespace OnnxPipeline.Export;

/// <summary>How far a deployed model is from the model it was made from, over held-out samples; the content of verify.json.</summary>
public sealed record VerifyReport
{
    /// <summary>
    /// True when every difference is within the tolerance at every batch size, the classes agree as often as they must, the accuracy has
    /// not dropped further than it may, the training engine and the second runtime say the same, and hostile inputs do no harm.
    /// </summary>
    public required bool Passed { get; init; }

    /// <summary>What the deployed model was compared with.</summary>
    public string Reference { get; init; } = "";

    /// <summary>Largest difference of any probability that passes.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Largest mean difference that passes; null for any.</summary>
    public double? MeanTolerance { get; init; }

    /// <summary>Share of samples that must have the same class, from 0 to 1.</summary>
    public double MinAgreement { get; init; } = 1;

    /// <summary>How far the accuracy may drop, from 0 to 1; null for any way.</summary>
    public double? MaxAccuracyDrop { get; init; }

    public required int Samples { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Largest difference of any probability of any sample, or of a value in standard deviations of the target; infinite when one is not finite.</summary>
    public required double MaxAbsDiff { get; init; }

    /// <summary>Mean difference over all probabilities of all samples.</summary>
    public required double MeanAbsDiff { get; init; }

    /// <summary>Share of samples on which both name the same class, from 0 to 1.</summary>
    public required double Agreement { get; init; }

    /// <summary>Share of samples that the reference classifies rightly, from 0 to 1; null for a regression.</summary>
    public required double? ReferenceAccuracy { get; init; }

    public required double? DeployAccuracy { get; init; }

    /// <summary>Root of the reference's mean squared error, in the target's unit; null for classes.</summary>
    public double? ReferenceRmse { get; init; }

    public double? DeployRmse { get; init; }

    /// <summary>Samples for which either model gave a number that is not finite.</summary>
    public required int NonFiniteSamples { get; init; }

    /// <summary>The first sample on which the classes differ, or null.</summary>
    public required SampleComparison? FirstDisagreement { get; init; }

    /// <summary>The sample with the largest difference.</summary>
    public required SampleComparison WorstSample { get; init; }

    /// <summary>The deployed model at other batch sizes, against the same reference.</summary>
    public required IReadOnlyList<BatchComparison> OtherBatchSizes { get; init; }

    /// <summary>Against the training engine's own evaluation; null where it was not asked.</summary>
    public EngineComparison? TrainingEngine { get; init; }

    /// <summary>Both models on inputs that no dataset has.</summary>
    public IReadOnlyList<HostileComparison> Hostile { get; init; } = [];

    /// <summary>The deployed model in a second runtime; null where none was wanted.</summary>
    public RuntimeComparison? SecondRuntime { get; init; }

    /// <summary>ONNX Runtime's version.</summary>
    public required string OrtVersion { get; init; }

    /// <summary>Where the deployed model ran, for example "cpu".</summary>
    public required string Device { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, VerifyReportJson.Default.VerifyReport);

    /// <exception cref="JsonException">The text is no such report.</exception>
    public static VerifyReport FromJson(string json) => JsonSerializer.Deserialize(json, VerifyReportJson.Default.VerifyReport)
        ?? throw new JsonException("The text is null, not a verification report.");

    /// <summary>The report with what a second runtime said.</summary>
    public VerifyReport With(RuntimeComparison second) => this with { SecondRuntime = second, Passed = Passed && second.Passed };

    /// <exception cref="VerifyException">The verification failed; the message names the sample and what to do.</exception>
    public void EnsurePassed()
    {
        if (!Passed) throw new VerifyException(this);
    }
}

/// <summary>Both models' answers for one sample.</summary>
/// <param name="Index">The sample's index among the held-out samples.</param>
/// <param name="Label">Its true class; null, as the other classes, for a regression.</param>
/// <param name="ReferenceClass">The reference's class.</param>
/// <param name="DeployClass">The deployed model's class.</param>
/// <param name="AbsDiff">The largest difference of a probability.</param>
/// <param name="Reference">The reference's probabilities, by class.</param>
/// <param name="Deploy">The deployed model's, by class.</param>
public sealed record SampleComparison(
    int Index, int? Label, int? ReferenceClass, int? DeployClass, double AbsDiff, IReadOnlyList<double> Reference, IReadOnlyList<double> Deploy);

/// <summary>The deployed model at another batch size.</summary>
/// <param name="BatchSize">Images a batch.</param>
/// <param name="Samples">How many samples were run so.</param>
/// <param name="MaxAbsDiff">Largest difference of any probability from the reference's.</param>
/// <param name="Agreement">Share of the samples with the reference's class, from 0 to 1.</param>
/// <param name="WorstIndex">The sample with the largest difference.</param>
public sealed record BatchComparison(int BatchSize, int Samples, double MaxAbsDiff, double Agreement, int WorstIndex);

/// <summary>A model against the engine that trained it, which gives the probability of the true class (e to the power of −loss), or the size of a value's error, and whether it is right.</summary>
/// <param name="Engine">Name, version and device.</param>
/// <param name="Compared">"deployed", or "reference" where the deployed model answers variants of an image, which the engine does not.</param>
/// <param name="Passed">The difference and the agreement are within the limits.</param>
/// <param name="Samples">How many.</param>
/// <param name="MaxAbsDiff">Largest difference of that probability, or of the error in standard deviations of the target.</param>
/// <param name="MeanAbsDiff">The mean of those differences.</param>
/// <param name="Agreement">Share of samples on which both are right or both wrong, from 0 to 1.</param>
/// <param name="Accuracy">The engine's, from 0 to 1; null for a regression.</param>
/// <param name="WorstIndex">The sample with the largest difference.</param>
public sealed record EngineComparison(string Engine, string Compared, bool Passed, int Samples, double MaxAbsDiff, double MeanAbsDiff, double Agreement, double? Accuracy, int WorstIndex)
{
    public const string Deployed = "deployed";
    public const string Reference = "reference";
}

/// <summary>Both models on an input that no dataset has.</summary>
/// <param name="Input">What it is.</param>
/// <param name="Passed">The deployed model neither fails nor gives what is no number where the reference answers with numbers.</param>
/// <param name="Reference">"finite", "not finite", or "refused" with the reason.</param>
/// <param name="Deploy">The same of the deployed model.</param>
/// <param name="MaxAbsDiff">The largest difference where both are finite.</param>
public sealed record HostileComparison(string Input, bool Passed, string Reference, string Deploy, double? MaxAbsDiff);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class VerifyReportJson : JsonSerializerContext;
