using OnnxPipeline.Export.Signatures;

namespace OnnxPipeline.Export.Verification;

/// <summary>What a trained model's outputs say, as the deployed model is to say it, computed in double.</summary>
internal static class ReferenceAnswers
{
    /// <summary>A row of probabilities, or of one value, a sample.</summary>
    public static double[][] Of(float[] outputs, int count, OutputForm form) => Of(Rows(outputs, count), form);

    /// <inheritdoc cref="Of(float[], int, OutputForm)"/>
    public static double[][] Of(double[][] outputs, OutputForm form) => form switch
    {
        OutputForm.Logits => Array.ConvertAll(outputs, Softmax),
        OutputForm.BinaryLogit => Array.ConvertAll(outputs, row => new[] { Sigmoid(-row[0]), Sigmoid(row[0]) }),
        _ => outputs,
    };

    public static double[][] Rows(float[] values, int count) => count == 0 ? [] :
        [.. values.Chunk(values.Length / count).Select(row => Array.ConvertAll(row, v => (double)v))];

    /// <summary>The first place of the greatest value.</summary>
    public static int ArgMax(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best]) best = i;
        }
        return best;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double[] Softmax(double[] logits)
    {
        var max = logits.Max();
        var exponentials = Array.ConvertAll(logits, logit => Math.Exp(logit - max));
        var sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, e => e / sum);
    }
}
