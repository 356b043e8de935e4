using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>
/// A model under change by one pass, in place: who makes and reads each value is kept up to date through every edit, so a pass
/// stays linear in the size of the graph. Subgraphs are never edited; a value that one reads cannot be renamed.
/// </summary>
internal sealed class GraphRewriter
{
    private readonly UseIndex _uses;
    private readonly HashSet<Node> _removed = [];
    private readonly List<PassNote> _rewrote = [];
    private readonly List<PassNote> _declined = [];
    private readonly HashSet<string> _names;
    private bool _replacedAll;

    /// <exception cref="ModelFormatException">The graph has a cycle, or two nodes produce one value.</exception>
    private GraphRewriter(Model model)
    {
        Model = model;
        Nodes = new GraphTopology(Graph).Sorted();
        _uses = new UseIndex(Graph);
        _names = GraphNames.All(Graph);
        Constants = new ConstantTable(Model, _uses.Producer);
    }

    /// <summary>Applies a pass to a copy of <paramref name="model"/>.</summary>
    /// <exception cref="ModelFormatException">The graph has a cycle, or two nodes produce one value.</exception>
    public static PassResult Apply(IRewrite pass, Model model, PassOptions? options)
    {
        var result = ApplyInPlace(pass, model.Clone(), options);
        return result.Modified ? result : result with { Model = model };
    }

    /// <summary>Applies a pass to <paramref name="model"/> itself.</summary>
    /// <exception cref="ModelFormatException">The graph has a cycle, or two nodes produce one value.</exception>
    public static PassResult ApplyInPlace(IRewrite pass, Model model, PassOptions? options)
    {
        var rewriter = new GraphRewriter(model);
        pass.Rewrite(rewriter, options ?? PassOptions.Default);
        return rewriter.Finish(pass.Name);
    }

    public Model Model { get; }

    public Graph Graph => Model.Graph;

    /// <summary>The nodes as they were when the pass began, each after all it reads.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    public ConstantTable Constants { get; }

    /// <summary>The version of the standard operator set.</summary>
    public long Opset => Model.Opsets.TryGetValue(Domains.Onnx, out var version) ? version : 0;

    public Node? Producer(string? value) => _uses.Producer(value);

    public IReadOnlyCollection<Node> Users(string value) => _uses.Users(value);

    public bool IsUsed(string? value) => value is not null && (IsOutput(value) || Users(value).Count > 0);

    public bool IsOutput(string value) => _uses.IsOutput(value);

    /// <summary>True when a subgraph of some node reads the value.</summary>
    public bool IsCaptured(string value) => _uses.IsCaptured(value);

    /// <summary>The one node that reads the value, when that is all that happens to it; else null.</summary>
    public Node? SoleUser(string value) =>
        !IsOutput(value) && !IsCaptured(value) && Users(value) is { Count: 1 } only ? only.First() : null;

    /// <summary>Why the value may not be changed for <paramref name="node"/> alone; null when the node reads it once and nothing else does.</summary>
    public string? WhyShared(string value, Node node)
    {
        if (SoleUser(value) == node && node.Inputs.Count(i => i == value) == 1) return null;
        var use = IsOutput(value) ? "a graph output" : IsCaptured(value) ? "read inside a subgraph" : Users(value).Count == 1 ? "read twice" : $"read by {Users(value).Count} nodes";
        return $"'{value}' is shared: it is {use}";
    }

    public void SetInput(Node node, int index, string value)
    {
        while (node.Inputs.Count <= index) node.Inputs.Add("");
        var before = node.Inputs[index];
        node.Inputs[index] = value;
        _uses.Moved(node, before, value);
    }

    /// <summary>Takes a node out; nothing may read its outputs any more.</summary>
    public void Remove(Node node)
    {
        _removed.Add(node);
        _uses.Forget(node);
    }

    /// <summary>Takes out a node that passes <paramref name="input"/> on as its first output. Returns why that cannot be, or null when done.</summary>
    public string? Bypass(Node node, string input) => Replace(node, [(node.Outputs[0], input)]);

    /// <summary>Takes out a node that computes what <paramref name="original"/> computes. Returns why that cannot be, or null when done.</summary>
    public string? Merge(Node node, Node original) => Replace(node, [.. node.Outputs.Zip(original.Outputs).Where(pair => pair.First.Length > 0)]);

    /// <summary>Makes the readers of one initializer read another of the same value. Returns why that cannot be, or null when done.</summary>
    public string? Merge(Initializer tensor, Initializer original)
    {
        if (IsOutput(tensor.Name)) return "it is a graph output";
        if (IsCaptured(tensor.Name)) return "it is read inside a subgraph";
        Redirect(tensor.Name, original.Name);
        Graph.Initializers.Remove(tensor);
        Graph.Inputs.RemoveAll(input => input.Name == tensor.Name);
        return null;
    }

    /// <summary>
    /// Puts a tensor where <paramref name="node"/> reads one of its inputs: in the place and under the name of an initializer that only
    /// the node reads, else as a new initializer under a name no one has.
    /// </summary>
    public void SetConstant(Node node, int index, Initializer tensor)
    {
        if (node.Input(index) is { } name && Graph.Initializers.TryGet(name, out var current) && SoleUser(name) == node)
        {
            if (current == tensor) return;
            tensor.Name = name;
            Graph.Initializers[Graph.Initializers.IndexOf(current)] = tensor;
            return;
        }
        tensor.Name = GraphNames.Fresh(_names, tensor.Name);
        AddInitializer(tensor);
        SetInput(node, index, tensor.Name);
    }

    /// <summary>Adds a tensor under its own name, which must be free.</summary>
    public void AddInitializer(Initializer tensor)
    {
        Graph.Initializers.Add(tensor);
        _names.Add(tensor.Name);
        // Up to IR version 3 every initializer is also an input.
        if (Model.IrVersion < ConstantTable.FirstIrWithConstants) Graph.Inputs.Add(new Value(tensor.Name, tensor.Type));
    }

    /// <summary>Replaces a node by the tensors it produces, which keep their names.</summary>
    public void ReplaceByConstants(Node node, IEnumerable<Initializer> results)
    {
        Remove(node);
        foreach (var tensor in results) AddInitializer(tensor);
    }

    public void Rewrote(Node node, string what) => Rewrote(node.DisplayName, what);

    public void Rewrote(string subject, string what) => _rewrote.Add(new PassNote(subject, what));

    public void Declined(Node node, string why) => Declined(node.DisplayName, why);

    public void Declined(string subject, string why) => _declined.Add(new PassNote(subject, why));

    /// <summary>Puts other nodes, in an order where each follows all it reads, in the place of all there are.</summary>
    public void ReplaceAll(IEnumerable<Node> nodes)
    {
        var all = nodes.ToArray();
        Graph.Nodes.Clear();
        Graph.Nodes.AddRange(all);
        _replacedAll = true;
    }

    /// <summary>The stem, or where it is taken the stem with a number; the name is taken from now on.</summary>
    public string TakeName(string stem)
    {
        var name = GraphNames.Fresh(_names, stem);
        _names.Add(name);
        return name;
    }

    private PassResult Finish(string pass)
    {
        var before = Nodes.Count;
        var modified = _rewrote.Count > 0;
        if (modified && !_replacedAll)
        {
            Graph.Nodes.Clear();
            Graph.Nodes.AddRange(Nodes.Where(node => !_removed.Contains(node)));
        }
        return new PassResult(Model, modified, new PassReport(pass, before, Graph.Nodes.Count, _rewrote, _declined));
    }

    /// <summary>Takes out a node, each of whose outputs becomes the value beside it.</summary>
    private string? Replace(Node node, IReadOnlyList<(string Output, string Value)> values)
    {
        foreach (var (output, value) in values)
        {
            if (WhyNotReplaced(output, value) is { } obstacle) return obstacle;
        }
        Remove(node);
        foreach (var (output, value) in values)
        {
            if (!IsOutput(output)) Redirect(output, value);
            else TakeOver(value, output);
        }
        return null;
    }

    private string? WhyNotReplaced(string output, string value)
    {
        if (IsCaptured(output)) return $"its output '{output}' is read inside a subgraph";
        if (!IsOutput(output)) return null;
        // The output's name belongs to the model's signature, so the value before it must take that name.
        if (Producer(value) is null) return $"it makes the graph output '{output}' from '{value}', which no node produces";
        if (IsOutput(value)) return $"it makes the graph output '{output}' from '{value}', itself a graph output";
        return IsCaptured(value) ? $"it makes the graph output '{output}' from '{value}', which a subgraph reads" : null;
    }

    /// <summary>Gives a value the name of a graph output.</summary>
    private void TakeOver(string value, string output)
    {
        var producer = Producer(value)!;
        producer.Outputs[producer.Outputs.IndexOf(value)] = output;
        _uses.Produced(producer, value, output);
        Redirect(value, output);
    }

    private void Redirect(string from, string to)
    {
        foreach (var user in Users(from).ToArray())
        {
            for (var i = 0; i < user.Inputs.Count; i++)
            {
                if (user.Inputs[i] == from) SetInput(user, i, to);
            }
        }
    }
}
