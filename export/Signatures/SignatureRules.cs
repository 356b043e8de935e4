using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Signatures;

/// <summary>Which signatures a model can be given.</summary>
internal static class SignatureRules
{
    /// <summary>The first version of the standard's operators with TopK, Pad and Slice as they are written here.</summary>
    private const long OldestOpset = 13;

    /// <exception cref="ExportException">What is asked for does not fit the model.</exception>
    public static void Check(Model model, Signature signature, ExportSettings settings)
    {
        if (signature.Image is null && settings.Input is not null) throw Unfit($"input {settings.Input} is one of images, and the model takes rows of a table");
        if (signature.Image is null && settings.TestTimeAugmentation is not null) throw Unfit("test-time augmentation is of images, and the model takes rows of a table");
        if (signature.Form == OutputForm.Value && settings.Label) throw Unfit("labels are of classes, and the model predicts a value");
        if (signature.Form == OutputForm.Value && settings.TopK is not null) throw Unfit("the best classes are wanted, and the model predicts a value");
        if (settings.TopK is { } count && (count < 1 || count > settings.Labels.Count)) throw Unfit($"the {count} best classes are wanted; expected 1 to {settings.Labels.Count}, the classes that there are");
        if (signature.Image is { } image && settings.TestTimeAugmentation == TestTimeAugmentation.FlipShift && Math.Min(image.Height, image.Width) < 2)
            throw Unfit($"images of {image.Height}x{image.Width} cannot be moved by a pixel");
        var rewritten = settings is { Label: false, TopK: null, TestTimeAugmentation: null } && settings.Input is not ImageLayout.Encoded;
        if (!rewritten && model.Opsets[Domains.Onnx] < OldestOpset) throw Unfit($"such a signature needs opset {OldestOpset} or later, and the model has {model.Opsets[Domains.Onnx]}");
        var taken = OutputNames(signature, settings).ToArray();
        if (settings.Columns.SelectMany(c => c.Numbers.Append(c.Name)).FirstOrDefault(taken.Contains) is { } reserved)
            throw new ExportException($"A column is named '{reserved}', which an output of the deployed model is called. Rename the column.");
    }

    private static IEnumerable<string> OutputNames(Signature signature, ExportSettings settings)
    {
        yield return Signature.ProbabilitiesName;
        yield return Signature.PredictionName;
        yield return Signature.LogitsName;
        if (settings.Label) yield return Signature.LabelName;
        if (settings.TopK is null || signature.Form == OutputForm.Value) yield break;
        yield return Signature.TopProbabilitiesName;
        yield return Signature.TopClassesName;
        yield return Signature.TopLabelsName;
    }

    private static ExportException Unfit(string why) => new($"The model cannot be given this signature: {why}.");
}
