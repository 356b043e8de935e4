using OnnxPipeline.Models.Import;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The model of <see cref="OnnxModelOptions"/>, which is read and not built.</summary>
internal sealed class OnnxModelEntry() : ModelEntry("onnx", "A model from an ONNX file, with a head for the data's classes.", new OnnxModelOptions())
{
    internal override IEnumerable<string> Check(ModelOptions options) => ImportedModel.Check((OnnxModelOptions)options);

    internal override Model Build(ModelOptions options, ModelInput input, ModelOutput output, ulong seed, long opset) =>
        ImportedModel.Build((OnnxModelOptions)options, input, output, seed);
}
