using OnnxPipeline.Models;

namespace OnnxPipeline.Compression.Tests.Quantization;

/// <summary>Lets a model of normalised floats take raw pixels.</summary>
internal static class Pixels
{
    public static Model Before(Model model, int side)
    {
        var copy = model.Clone();
        var input = copy.Graph.RequiredInputs.Single().Name;
        copy.Graph.Initializers.Add(Initializer.Scalar("pixel_mean", 110f));
        copy.Graph.Initializers.Add(Initializer.Scalar("pixel_scale", 1 / 60f));
        copy.Graph.Nodes.InsertRange(0,
        [
            new Node(Ops.Cast, ["pixels"], ["pixels_float"], "pixels_float").Set("to", (long)ElementType.Float),
            new Node(Ops.Sub, ["pixels_float", "pixel_mean"], ["pixels_centred"], "pixels_centred"),
            new Node(Ops.Mul, ["pixels_centred", "pixel_scale"], [input], "pixels_scaled"),
        ]);
        copy.Graph.Inputs.RemoveAll(i => i.Name == input);
        copy.Graph.Inputs.Add(new Value("pixels", ElementType.UInt8, "batch", 3, side, side));
        return copy;
    }
}
