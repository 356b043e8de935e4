using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Import;

/// <summary>Brings raw pixels of the data to what a model from elsewhere takes: channels, size, scale, layout.</summary>
/// <param name="graph">The graph under construction.</param>
/// <param name="data">The data's images.</param>
/// <param name="options">Size and scale, where they are named.</param>
internal sealed class ImageAdapter(GraphBuilder graph, ImageModelInput data, OnnxModelOptions options)
{
    /// <summary>Rec. ITU-R BT.601, as images are read.</summary>
    private static readonly float[] Luma = [0.299f, 0.587f, 0.114f];

    /// <summary>The value to put in the place of an input of the model.</summary>
    /// <exception cref="GraphException">The input is no image, or not one that the data's can become.</exception>
    public GraphValue Adapt(Value input)
    {
        if (input.Type is not { Element: ElementType.Float or ElementType.UInt8 } type)
            throw new GraphException($"its input '{input.Name}' is {input.Type}; expected float32 or uint8 pixels. Export it so.");
        var raw = graph.Input(ImageModelInput.Name, ElementType.UInt8, "batch", data.Channels, data.Height, data.Width);
        var form = FormOf(input);
        var pixels = Recolour(raw, form.Channels);
        var scaled = type.Element == ElementType.UInt8
            ? Bytes(Resize(pixels, form))
            : Resize(graph.NormalizePixels(pixels, Of(options.Mean, data.Mean, form.Channels, nameof(options.Mean)), Of(options.Std, data.Std, form.Channels, nameof(options.Std)), "normalize"), form);
        return form.Layout switch
        {
            Layout.ChannelsFirst => scaled,
            Layout.ChannelsLast => graph.Node(Ops.Transpose, [scaled], [("perm", (long[])[0, 2, 3, 1])], "channels_last"),
            Layout.Plane => graph.Node(Ops.Reshape, [scaled, graph.Vector(0, form.Height, form.Width)], name: "plane"),
            _ => graph.Flatten(scaled, "flat"),
        };
    }

    private Form FormOf(Value input)
    {
        var shape = input.Type?.Shape;
        var (height, width) = SizeOf(options.Size) ?? (0, 0);
        Form At(int channels, int rows, int columns, Layout layout) => new(
            (int)(shape![channels].Size ?? data.Channels),
            height > 0 ? height : (int)(shape[rows].Size ?? data.Height),
            width > 0 ? width : (int)(shape[columns].Size ?? data.Width),
            layout);
        switch (shape?.Rank)
        {
            case 4 when shape[1].Size is 1 or 3: return At(1, 2, 3, Layout.ChannelsFirst);
            case 4 when shape[3].Size is 1 or 3: return At(3, 1, 2, Layout.ChannelsLast);
            case 4 when shape[1].Size is null && shape[3].Size is null: return At(1, 2, 3, Layout.ChannelsFirst);
            case 3: return new Form(1, height > 0 ? height : (int)(shape[1].Size ?? data.Height), width > 0 ? width : (int)(shape[2].Size ?? data.Width), Layout.Plane);
            case 2 when height > 0: return new Form(data.Channels, height, width, Layout.Flat);
            case 2 when shape[1].Size is null || shape[1].Size == data.Pixels: return new Form(data.Channels, data.Height, data.Width, Layout.Flat);
            case 2: throw new GraphException($"its input '{input.Name}' is {input.Type}, and the data are {data} ({data.Pixels} pixels); name the size of its images with size");
            default: throw new GraphException($"its input '{input.Name}' is {input.Type}; expected images, [batch,channels,height,width] or [batch,height,width,channels] with 1 or 3 channels, [batch,height,width] or [batch,pixels]");
        }
    }

    private GraphValue Recolour(GraphValue pixels, int channels)
    {
        if (channels == data.Channels) return pixels;
        if (data.Channels == 1) return graph.Concat(Enumerable.Repeat(pixels, channels), name: "colours");
        if (data.Channels != Luma.Length || channels != 1) throw new GraphException($"it takes images of {channels} channels, and the data are {data}");
        var weights = graph.Constant<float>(Luma, [1, Luma.Length, 1, 1], "grey.weights");
        return graph.Node(Ops.Conv, [graph.Node(Ops.Cast, [pixels], [("to", (long)ElementType.Float)], "grey.float"), weights], name: "grey");
    }

    /// <summary>Bilinear, pixel centres at halves.</summary>
    private GraphValue Resize(GraphValue pixels, Form form)
    {
        if (form.Height == data.Height && form.Width == data.Width) return pixels;
        if (graph.Opset < 11) throw new GraphException($"its operator set {graph.Opset} is too old to bring images of {data.Height}x{data.Width} to {form.Height}x{form.Width} in it; export it with 11 or later, or give images of that size");
        var values = pixels.Element == ElementType.Float ? pixels : graph.Node(Ops.Cast, [pixels], [("to", (long)ElementType.Float)], "resize.float");
        // By sizes and not by scales, whose products are rounded down.
        var sizes = graph.Concat([graph.Node(Ops.Gather, [graph.Node(Ops.Shape, [values]), graph.Vector(0, 1)]), graph.Vector(form.Height, form.Width)], axis: 0);
        return graph.Node(Ops.Resize, [values, "", "", sizes], [("mode", "linear"), ("coordinate_transformation_mode", "half_pixel")], "resize");
    }

    private GraphValue Bytes(GraphValue pixels) => pixels.Element == ElementType.UInt8 ? pixels
        : graph.Node(Ops.Cast, [graph.Node(Ops.Round, [pixels], name: "bytes.rounded")], [("to", (long)ElementType.UInt8)], "bytes");

    /// <summary>One number a channel: those that are named, else the data's.</summary>
    private static IReadOnlyList<float> Of(IReadOnlyList<double>? named, IReadOnlyList<float> ofData, int channels, string option)
    {
        if (named is not null && named.Count != channels) throw new GraphException($"{option.ToLowerInvariant()} has {named.Count} numbers, and it takes images of {channels} channels; give one for each");
        return named is not null ? [.. named.Select(value => (float)value)] : ofData.Count == channels ? ofData : [.. Enumerable.Repeat(ofData.Average(), channels)];
    }

    /// <summary>Null for none.</summary>
    internal static (int Height, int Width)? SizeOf(string? size) =>
        size?.Split('x') is [var rows, var columns] && int.TryParse(rows, out var height) && int.TryParse(columns, out var width) && height > 0 && width > 0 ? (height, width) : null;

    private enum Layout
    {
        ChannelsFirst,
        ChannelsLast,
        Plane,
        Flat,
    }

    private sealed record Form(int Channels, int Height, int Width, Layout Layout);
}
