using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Signatures;

namespace OnnxPipeline.Export.Verification;

/// <summary>Runs both models on inputs that no dataset has. The deployed one passes where it answers, and with numbers, all that the reference answers with numbers.</summary>
internal static class HostileCheck
{
    public static HostileComparison Compare(HostileSamples samples, ReferenceRun reference, ModelRunner deploy, Signature signature)
    {
        var (expected, refused) = Try(() => reference.Answers(samples.Trained).Expected);
        var (actual, failure) = Try(() => ReferenceAnswers.Rows(deploy.Run(samples.Deployed, signature.DeployedOutput), samples.Deployed.Count));
        var sound = expected is not null && expected.All(IsFinite);
        var difference = sound && actual is not null && actual.All(IsFinite) ? expected!.Zip(actual).SelectMany(pair => pair.First.Zip(pair.Second, (a, b) => Math.Abs(a - b))).DefaultIfEmpty().Max() : (double?)null;
        var passed = refused is not null || (actual is not null && (!sound || actual.All(IsFinite)));
        return new HostileComparison(samples.Name, passed, Outcome(expected, refused), Outcome(actual, failure), difference);
    }

    private static string Outcome(double[][]? answers, string? failure) => failure is not null ? $"refused: {failure}" : answers!.All(IsFinite) ? "finite" : "not finite";

    private static bool IsFinite(double[] row) => row.All(double.IsFinite);

    /// <summary>A refusal is an answer here: what both models refuse is no fault of the export.</summary>
    private static (double[][]? Answers, string? Failure) Try(Func<double[][]> run)
    {
        try
        {
            return (run(), null);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or ExportException)
        {
            return (null, exception.Message);
        }
    }
}
