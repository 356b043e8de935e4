using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Verification;

/// <summary>The trained model as a reference: what a deployed one is to answer, the plain average of the variants where it answers several.</summary>
internal sealed class ReferenceRun(ModelRunner runner, Signature signature, TestTimeAugmentation? augmentation)
{
    private readonly IReadOnlyList<ImageVariant> _variants = ImageVariant.Of(augmentation);

    /// <summary>The answers to the samples themselves, and to be compared; the same but for test-time augmentation.</summary>
    public (double[][] Plain, double[][] Expected) Answers(SampleBatch samples)
    {
        var outputs = _variants.Select(variant => ReferenceAnswers.Rows(runner.Run(Variant(samples, variant), signature.Output), samples.Count)).ToArray();
        var plain = ReferenceAnswers.Of(outputs[0], signature.Form);
        return (plain, outputs.Length == 1 ? plain : ReferenceAnswers.Of(Average(outputs), signature.Form));
    }

    private SampleBatch Variant(SampleBatch samples, ImageVariant variant)
    {
        if (_variants.Count == 1) return samples;
        var input = samples.Inputs[0];
        return samples with { Inputs = [input with { Values = variant.Apply((byte[])input.Values, runner.Image! with { Layout = input.Layout }) }] };
    }

    private double[][] Average(double[][][] outputs)
    {
        var average = Array.ConvertAll(outputs[0], row => new double[row.Length]);
        foreach (var (rows, variant) in outputs.Zip(_variants))
        {
            for (var i = 0; i < rows.Length; i++)
            {
                for (var c = 0; c < rows[i].Length; c++) average[i][c] += variant.Weight * rows[i][c];
            }
        }
        return average;
    }
}
