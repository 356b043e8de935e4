using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Import;

/// <summary>Makes a model for the data of one from elsewhere: raw data in, logits for the data's classes out, every weight a trainable initializer.</summary>
public static class ImportedModel
{
    /// <summary>Name of the output of <see cref="Features"/>.</summary>
    public const string FeaturesOutput = "features";

    /// <summary>Answers that are logits no more.</summary>
    private static readonly HashSet<string> Activations = [Ops.Softmax, Ops.LogSoftmax, Ops.Sigmoid, Ops.Identity];

    internal static IEnumerable<string> Check(OnnxModelOptions options)
    {
        if (options.Path.Length == 0) yield return "path is missing; expected an ONNX file";
        else if (!File.Exists(options.Path)) yield return $"there is no file '{options.Path}'";
        if (options.Size is not null && ImageAdapter.SizeOf(options.Size) is null) yield return $"size is '{options.Size}'; expected height x width in pixels, for example 224x224";
        if (options.Std?.Any(s => s is not (> 0 and < double.PositiveInfinity)) == true) yield return $"std is [{string.Join(", ", options.Std)}]; expected positive numbers";
        if (options.Mean?.All(double.IsFinite) == false) yield return $"mean is [{string.Join(", ", options.Mean)}]; expected finite numbers";
    }

    /// <summary>The model of a file for these data.</summary>
    /// <param name="options">The file, and how it is taken.</param>
    /// <param name="input">The data.</param>
    /// <param name="output">What the head has to give.</param>
    /// <param name="seed">The seed of a fresh head's weights.</param>
    /// <exception cref="GraphException">The model does not fit the data.</exception>
    /// <exception cref="ModelFormatException">The file is no ONNX model.</exception>
    internal static Model Build(OnnxModelOptions options, ModelInput input, ModelOutput output, ulong seed)
    {
        var source = Read(options.Path);
        var answers = AnswersOf(source.Graph);
        if (HeadOf(source, answers, options, output.Size) is { } head)
            head.Replace(source.Graph, output.Size, new WeightInitializer(Initialization.PyTorch, Activation.None, seed));
        var graph = Begin(source, options);
        var logits = Import(graph, source, answers, input, options);
        output.AddTo(graph, Rows(graph, logits, output.Size));
        return Finish(graph);
    }

    /// <summary>The model of a file up to its head: raw images in, "features" [batch, n] out.</summary>
    /// <exception cref="GraphException">It has no head, or does not fit the images.</exception>
    /// <exception cref="ModelFormatException">The file is no ONNX model.</exception>
    public static Model Features(OnnxModelOptions options, ModelInput input)
    {
        var source = Read(options.Path);
        var head = ClassifierHead.Find(source.Graph, AnswersOf(source.Graph), options.HeadNode);
        var graph = Begin(source, options);
        var features = Import(graph, source, head.Features, input, options);
        if (features.Shape is { Rank: 4 }) features = graph.GlobalAveragePool(features);
        graph.Output(features.Shape is { Rank: 2 } ? features : graph.Flatten(features), FeaturesOutput);
        return Finish(graph);
    }

    private static Model Read(string path)
    {
        var source = Model.Load(path);
        if (source.Functions.FirstOrDefault() is { Name: { } function })
            throw new GraphException($"it defines functions of its own ('{function}'), which are not inlined here; export it without them");
        ForeignWeights.Normalize(source.Graph);
        source.Graph.Nodes.ForEach(node => node.Name = node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(o => o.Length > 0) ?? "");
        return source;
    }

    /// <summary>The first output of numbers, before what makes probabilities of it.</summary>
    private static string AnswersOf(Graph graph)
    {
        var topology = new GraphTopology(graph);
        var output = graph.Outputs.FirstOrDefault(o => o.Type is null or { Element: ElementType.Float or ElementType.Undefined })
            ?? throw new GraphException($"none of its outputs is float32: {string.Join(", ", graph.Outputs)}");
        var value = output.Name;
        while (topology.Producer(value) is { Domain: Domains.Onnx } node && Activations.Contains(node.OpType)) value = node.Inputs[0];
        return value;
    }

    /// <summary>The head to replace; null where it stays.</summary>
    private static ClassifierHead? HeadOf(Model source, string answers, OnnxModelOptions options, int classes)
    {
        var known = ShapeInference.Infer(source).TryGetValue(answers, out var type) && type.Shape is { Rank: > 1 } shape ? shape[1].Size : null;
        if (options.Head != HeadChoice.Replace && known == classes) return null;
        if (options.Head == HeadChoice.Keep) throw new GraphException($"its head is to be kept and gives {known?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number of"} values, but the data need {classes}; replace it");
        return ClassifierHead.Find(source.Graph, answers, options.HeadNode);
    }

    private static GraphBuilder Begin(Model source, OnnxModelOptions options)
    {
        var opset = source.Opsets.TryGetValue(Domains.Onnx, out var version) ? version : 1;
        var graph = new GraphBuilder(Path.GetFileNameWithoutExtension(options.Path), opset);
        foreach (var (domain, set) in source.Opsets) graph.Model.Opsets[domain] = set;
        return graph;
    }

    /// <summary>Adds what a value of the source needs, on top of the data's inputs.</summary>
    private static GraphValue Import(GraphBuilder graph, Model source, string value, ModelInput input, OnnxModelOptions options)
    {
        var import = new GraphImport(graph, source.Graph, value);
        if (input is ImageModelInput images)
        {
            if (import.Inputs is not [var image]) throw new GraphException($"it takes {import.Inputs.Count} inputs ({string.Join("; ", import.Inputs)}); expected one, images");
            import.Bind(image, new ImageAdapter(graph, images, options).Adapt(image));
        }
        else
        {
            input.AddTo(graph);
            foreach (var column in import.Inputs)
            {
                var given = graph.Graph.Input(column.Name) ?? throw new GraphException($"it takes '{column.Name}', and the data give {string.Join(", ", graph.Graph.Inputs.Select(i => $"'{i.Name}'"))}; only a model made for such a table can be trained on");
                import.Bind(column, graph.Value(given.Name));
            }
        }
        return import.Run();
    }

    /// <summary>Logits as [batch, classes].</summary>
    private static GraphValue Rows(GraphBuilder graph, GraphValue logits, int classes)
    {
        var rows = logits.Shape is { Rank: > 2 } ? graph.Flatten(logits) : logits;
        if (rows is not { Element: ElementType.Float, Shape: { Rank: 2 } shape } || shape[1].Size != classes)
            throw new GraphException($"its answers are '{logits.Name}', {logits.Type}; expected Float[batch,{classes}]");
        if (shape[0].Size is { } fixedBatch)
            throw new GraphException($"its answers come for {fixedBatch} samples, however many there are: its batch size is fixed inside. Export it with a dynamic batch axis");
        return rows;
    }

    /// <summary>Without what prepared the data in a way that nothing reads.</summary>
    private static Model Finish(GraphBuilder graph)
    {
        var model = graph.Build();
        var needed = GraphImport.Needed(model.Graph, model.Graph.Outputs[0].Name);
        model.Graph.Nodes.RemoveAll(node => !needed.Contains(node));
        return model;
    }
}
