using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Models.Tests.Import;

/// <summary>A small classifier as someone else may have made it: float pixels in, answers for five classes out.</summary>
internal sealed class ForeignNetwork : IDisposable
{
    public const int Classes = 5;
    private readonly TempFolder _folder = new();

    public string Path => _folder.File("foreign.onnx");

    public void Dispose() => _folder.Dispose();

    /// <summary>A convolution and what <paramref name="head"/> adds, over images of three channels where no other input is named.</summary>
    public Model Write(Func<GraphBuilder, GraphValue, GraphValue> head, params Dimension[] input)
    {
        var graph = new GraphBuilder("foreign", 13) { Weights = new WeightInitializer(Initialization.KaimingNormal, Activation.Relu, 3) };
        var x = graph.Input("x", ElementType.Float, input.Length > 0 ? input : ["n", 3, 8, 8]);
        var image = input.Length is 0 || (x.Shape!.Rank == 4 && x.Shape[1].Size is 1 or 3) ? x : ToChannelsFirst(graph, x);
        graph.Output(head(graph, graph.Relu(graph.Conv2d(image, 6, kernel: 3, padding: 1))), "y");
        var model = graph.Build();
        model.Save(Path);
        return model;
    }

    public Model Build(OnnxModelOptions? options = null, ImageModelInput? input = null, int classes = 3) =>
        ModelRegistry.Build((options ?? new OnnxModelOptions()) with { Path = Path }, input ?? new ImageModelInput(3, 8, 8), classes, seed: 1);

    public static GraphValue Gemm(GraphBuilder graph, GraphValue x) => graph.Linear(graph.Flatten(graph.GlobalAveragePool(x)), Classes, name: "fc");

    private static GraphValue ToChannelsFirst(GraphBuilder graph, GraphValue x) => x.Shape!.Rank switch
    {
        4 => graph.Node(Ops.Transpose, [x], [("perm", (long[])[0, 3, 1, 2])]),
        3 => graph.Node(Ops.Unsqueeze, [x, graph.Vector(1)]),
        _ => graph.Node(Ops.Reshape, [x, graph.Vector(-1, 1, 8, 8)]),
    };
}
