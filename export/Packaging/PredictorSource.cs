using System.Text;
using System.Text.Json;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Packaging;

/// <summary>Writes the C# class of a NuGet package: the model with a Predict method for its image or its row.</summary>
internal static class PredictorSource
{
    public static string Of(PackageSource source, string type)
    {
        var metadata = source.Metadata;
        var text = new StringBuilder("using Microsoft.ML.OnnxRuntime;\nusing Microsoft.ML.OnnxRuntime.Tensors;\n\nnamespace OnnxModels;\n\n");
        if (metadata.Prediction is null) text.Append(Answer(type));
        if (metadata.Input is null) text.Append(RowSource.Of(metadata, type));
        text.Append($$"""
            /// <summary>{{Comment(source.Model.Description)}} Thread-safe; make one and keep it.</summary>
            public sealed class {{type}} : IDisposable
            {
                private readonly InferenceSession _session;

                /// <param name="options">How ONNX Runtime runs the model; null for the CPU with all its cores. It stays the caller's.</param>
                public {{type}}(SessionOptions? options = null)
                {
                    using var resource = typeof({{type}}).Assembly.GetManifestResourceStream("{{type}}.onnx")!;
                    using var bytes = new MemoryStream();
                    resource.CopyTo(bytes);
                    _session = options is null ? new InferenceSession(bytes.ToArray()) : new InferenceSession(bytes.ToArray(), options);
                }

            {{(metadata.Prediction is null ? $"    /// <summary>Class names, by class index.</summary>\n    public static IReadOnlyList<string> Labels {{ get; }} = [{string.Join(", ", metadata.Labels.Select(Literal))}];\n\n" : "")}}
            """);
        text.Append(metadata.Input is { } image ? ImagePredict(type, image, metadata) : RowPredict(type, metadata));
        text.Append("\n    public void Dispose() => _session.Dispose();\n");
        if (metadata.Prediction is null) text.Append(ToAnswer(type, metadata));
        return text.Append("}\n").ToString();
    }

    /// <summary>A C# string literal; JSON's escapes are C#'s too.</summary>
    public static string Literal(string value) => $"\"{JsonEncodedText.Encode(value)}\"";

    public static string Comment(string text) => System.Security.SecurityElement.Escape(text.ReplaceLineEndings(" "))!;

    private static string Answer(string type) => $$"""
        /// <summary>The model's answer.</summary>
        /// <param name="Index">Of the class.</param>
        /// <param name="Label">The class's name.</param>
        /// <param name="Probability">Of the class, from 0 to 1.</param>
        /// <param name="Probabilities">Of every class, by class index.</param>
        public sealed record {{type}}Answer(int Index, string Label, float Probability, IReadOnlyList<float> Probabilities);


        """;

    private static string ToAnswer(string type, DeployMetadata metadata)
    {
        // The rule of the inference library: the threshold is compared in double.
        var index = metadata.Threshold is { } threshold ? $"probabilities[1] >= {threshold.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}d ? 1 : 0" : "Array.IndexOf(probabilities, probabilities.Max())";
        return $$"""

                private static {{type}}Answer ToAnswer(float[] probabilities)
                {
                    var index = {{index}};
                    return new {{type}}Answer(index, Labels[index], probabilities[index], probabilities);
                }

            """;
    }

    private static string ImagePredict(string type, ImageInput image, DeployMetadata metadata)
    {
        var shape = string.Join(", ", ImageShape.Of(image));
        return $$"""
                /// <summary>Classifies an image of {{image.Height}} x {{image.Width}} pixels.</summary>
                /// <param name="pixels">{{(image.Channels == 1 ? "Grey" : "RGB")}}, a byte each from 0 to 255: [{{(image.Layout == ImageLayout.Hwc ? "height, width, channels" : "channels, height, width")}}] = [{{shape}}], row-major.</param>
                /// <exception cref="ArgumentException">There are not {{ImageShape.Bytes(image)}} bytes.</exception>
                public {{type}}Answer Predict(ReadOnlyMemory<byte> pixels)
                {
                    if (pixels.Length != {{ImageShape.Bytes(image)}}) throw new ArgumentException($"An image has {{ImageShape.Bytes(image)}} bytes, [{{shape}}]; {pixels.Length} were given.", nameof(pixels));
                    var tensor = new DenseTensor<byte>(pixels.ToArray(), [1, {{shape}}]);
                    using var results = _session.Run([NamedOnnxValue.CreateFromTensor({{Literal(image.Name)}}, tensor)], [{{Literal(metadata.Probabilities)}}]);
                    return ToAnswer(results.First().AsTensor<float>().ToArray());
                }

            """;
    }

    private static string RowPredict(string type, DeployMetadata metadata)
    {
        var (result, read) = metadata.Prediction is { } prediction ? ("float", $"results.First().AsTensor<float>().First()") : ($"{type}Answer", "ToAnswer(results.First().AsTensor<float>().ToArray())");
        return $$"""
                /// <summary>{{(metadata.Prediction is null ? "Classifies a row" : $"Predicts {Comment(metadata.Target ?? "the value")}, in its unit,")}} whose missing values are null.</summary>
                public {{result}} Predict({{type}}Row row)
                {
                    using var results = _session.Run(row.ToInputs(), [{{Literal(metadata.Prediction ?? metadata.Probabilities)}}]);
                    return {{read}};
                }

            """;
    }
}
