using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Tests;

/// <summary>
/// Models as the export makes them: uint8 pixels in, probabilities out. Class 0 is "dark": its logit falls by 8 as the mean
/// pixel rises from 0 to 1; class 1, "bright", rises as much; class 2, "middle", stays at 1.
/// </summary>
internal static class TestModels
{
    public const int Side = 28;

    public static readonly string[] Labels = ["dark", "bright", "middle"];

    public static byte[] Brightness(int channels = 1, ElementType input = ElementType.UInt8, bool softmax = true, bool metadata = true, Dimension? batch = null, bool nan = false)
    {
        var size = channels * Side * Side;
        var weights = new float[Labels.Length * size];
        Array.Fill(weights, nan ? float.NaN : -8f / size, 0, size);
        Array.Fill(weights, 8f / size, size, size);
        return Linear("brightness", weights, [4f, -4f, 1f], Labels, channels, input, softmax, metadata, batch);
    }

    /// <summary>Logits that are linear in the pixels, which go from 0 to 1.</summary>
    /// <param name="name">The graph's.</param>
    /// <param name="weights">[classes, channels · height · width]</param>
    /// <param name="bias">[classes]</param>
    /// <param name="labels">Class names.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="input">The type of the pixels.</param>
    /// <param name="softmax">Whether it gives probabilities.</param>
    /// <param name="metadata">Whether it says of itself what it takes.</param>
    /// <param name="batch">The first axis; free by default.</param>
    public static byte[] Linear(string name, float[] weights, float[] bias, string[] labels, int channels = 1, ElementType input = ElementType.UInt8, bool softmax = true, bool metadata = true, Dimension? batch = null)
    {
        var graph = new Graph(name);
        graph.Inputs.Add(new Value("image", input, batch ?? "batch", channels, Side, Side));
        graph.Outputs.Add(new Value("probabilities", ElementType.Float, batch ?? "batch", labels.Length));
        graph.Initializers.Add(Initializer.Create<float>("scale", [input == ElementType.UInt8 ? 1f / 255 : 1f]));
        graph.Initializers.Add(Initializer.Create<float>("weights", weights, labels.Length, channels * Side * Side));
        graph.Initializers.Add(Initializer.Create<float>("bias", bias, labels.Length));
        graph.Nodes.Add(new Node("Cast", ["image"], ["floats"]).Set("to", (long)ElementType.Float));
        graph.Nodes.Add(new Node("Mul", ["floats", "scale"], ["scaled"]));
        graph.Nodes.Add(new Node("Flatten", ["scaled"], ["flat"]));
        graph.Nodes.Add(new Node("Gemm", ["flat", "weights", "bias"], [softmax ? "logits" : "probabilities"]).Set("transB", 1));
        if (softmax) graph.Nodes.Add(new Node("Softmax", ["logits"], ["probabilities"]).Set("axis", -1));
        var model = new Model(graph);
        if (metadata)
        {
            var deploy = new DeployMetadata { Labels = labels, Input = new ImageInput("image", channels, Side, Side) };
            foreach (var (key, value) in deploy.ToEntries()) model.Metadata[key] = value;
        }
        return model.ToBytes();
    }

    /// <summary>The same model taking a PNG or JPEG file's bytes, decoded in the graph; images must have the model's size.</summary>
    public static byte[] Encoded(bool metadata = true)
    {
        var model = Model.Parse(Brightness(channels: 3));
        var graph = model.Graph;
        graph.Inputs[0] = new Value("image", ElementType.UInt8, "bytes");
        graph.Nodes[0].Inputs[0] = "pixels";
        graph.Nodes.Insert(0, new Node("Reshape", ["rgb", "one"], ["pixels"]));
        graph.Nodes.Insert(0, new Node("Transpose", ["decoded"], ["rgb"]).Set("perm", (long[])[2, 0, 1]));
        graph.Nodes.Insert(0, new Node("DecodeImage", ["image"], ["decoded"], "", Domains.Extensions).Set("color_space", "rgb"));
        graph.Initializers.Add(Initializer.Create<long>("one", [1L, 3, Side, Side], 4));
        model.Opsets[Domains.Extensions] = 1;
        model.Metadata.Clear();
        var deploy = new DeployMetadata { Labels = Labels, Input = new ImageInput("image", 3, Side, Side, ImageLayout.Encoded) };
        if (!metadata) return model.ToBytes();
        foreach (var (key, value) in deploy.ToEntries()) model.Metadata[key] = value;
        return model.ToBytes();
    }

    /// <summary>The probabilities of an image whose mean pixel is <paramref name="mean"/>, from 0 to 1.</summary>
    public static float[] Expected(double mean)
    {
        double[] logits = [4 - 8 * mean, 8 * mean - 4, 1];
        var sum = logits.Sum(Math.Exp);
        return [.. logits.Select(l => (float)(Math.Exp(l) / sum))];
    }

    public static byte[] Uniform(byte value, int channels = 1)
    {
        var pixels = new byte[channels * Side * Side];
        Array.Fill(pixels, value);
        return pixels;
    }

    public static byte[] UniformPng(byte value) => TestImages.GreyPng(Side, Side, Uniform(value));
}
