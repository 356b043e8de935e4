using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Signatures;

/// <summary>A deployed model in words, for its doc string.</summary>
internal static class Description
{
    public static string Of(DeployMetadata metadata) => $"{Kind(metadata)}{(metadata.Dataset is { } dataset ? $", trained on {dataset}" : "")}. {Input(metadata)} {Output(metadata)}";

    private static string Kind(DeployMetadata metadata)
    {
        if (metadata.Prediction is not null) return $"Regression of '{metadata.Target}'";
        return $"{(metadata.Input is null ? "Classifier of table rows" : "Image classifier")} of {metadata.Labels.Count} classes";
    }

    private static string Input(DeployMetadata metadata) => metadata.Input is { Layout: ImageLayout.Encoded } file
        ? $"Input '{file.Name}': the bytes of a PNG or JPEG file, one a run; needs ONNX Runtime Extensions."
        : metadata.Input is { } image
        ? $"Input '{image.Name}': raw uint8 pixels, {(image.Channels == 1 ? "greyscale" : "RGB")} {image.Width}x{image.Height}, {image.Layout.ToString().ToUpperInvariant()}."
        : $"Inputs: the {metadata.Columns.Count} columns under their own names, [batch, 1]: raw numbers as floats, NaN where one is missing, and categories as strings.";

    private static string Output(DeployMetadata metadata) => metadata.Prediction is { } prediction
        ? $"Output '{prediction}': the predicted value, in the unit of '{metadata.Target}'."
        : $"Output '{metadata.Probabilities}': the probability of each class, in the order of the labels.";
}
