using OnnxPipeline.Compression.Quantization.Scheme;
using OnnxPipeline.Export;

namespace OnnxPipeline.Compression.Quantization.Placement;

/// <summary>
/// Decides where a graph computes in integers. Operators with weights do where they can; the others do between them, where values are
/// integers anyway. Behind the last weights a value stays float, which costs nothing and keeps the answer's digits.
/// </summary>
internal sealed class Planner
{
    private readonly GraphFacts _facts;
    private readonly StaticQuantizeOptions _options;
    private readonly Func<Node, bool> _stays;
    private readonly IntegerRange _integers;
    private readonly Dictionary<Node, WeightedNode> _weighted = [];
    private readonly List<PassNote> _left = [];
    private readonly HashSet<Node> _nodes = [];
    private readonly Dictionary<Node, Node> _absorbed = [];
    private readonly HashSet<Node> _feeding = [];

    private Planner(GraphFacts facts, StaticQuantizeOptions options, Func<Node, bool> stays)
    {
        (_facts, _options, _stays) = (facts, options, stays);
        _integers = IntegerRange.OfActivations(options.Activations, options.Symmetric);
    }

    /// <param name="facts">The graph.</param>
    /// <param name="options">What is quantised.</param>
    /// <param name="stays">Whether a node stays in float32.</param>
    /// <exception cref="QuantizeException">Weights are not finite.</exception>
    public static PlacementPlan Plan(GraphFacts facts, StaticQuantizeOptions options, Func<Node, bool> stays)
    {
        var planner = new Planner(facts, options, stays);
        planner.FindWeighted();
        planner.FindFeeding();
        planner.FindOthers();
        return planner.Finish();
    }

    private void FindWeighted()
    {
        foreach (var node in _facts.Nodes.Where(n => OperatorRoles.Of(n) == OperatorRole.Weighted))
        {
            string reason;
            if (_stays(node)) reason = Reasons.Asked;
            else if (!_facts.IsActivation(node.Inputs[0])) reason = $"its input '{node.Inputs[0]}' is {_facts.TypeOf(node.Inputs[0]).Element}, or constant; expected Float";
            else if (WeightedNode.Of(node, _facts.Constants, out reason) is { } weighted)
            {
                if (!_options.ThinInFloat || _options.Everything || !ThinConvolution.Is(weighted, _facts.Topology))
                {
                    _weighted.Add(node, weighted);
                    continue;
                }
                reason = $"its outputs are sums of {weighted.Products} products, which float32 is quicker at";
            }
            _left.Add(new PassNote(node.DisplayName, reason));
        }
    }

    /// <summary>The nodes whose result goes into integer products, at once or through operators that compute in integers.</summary>
    private void FindFeeding()
    {
        foreach (var node in _facts.Nodes.Reverse())
        {
            if (node.Outputs.SelectMany(_facts.Topology.Consumers).Any(Feeds)) _feeding.Add(node);
        }

        bool Feeds(Node reader) => _weighted.ContainsKey(reader) || _feeding.Contains(reader) && !_stays(reader) && OperatorRoles.Of(reader) switch
        {
            OperatorRole.Computing or OperatorRole.PassThrough => true,
            OperatorRole.Cutting => !_options.Symmetric,
            _ => false,
        };
    }

    private void FindOthers()
    {
        var before = Reaching(_facts.Nodes.Reverse(), node => node.Outputs.SelectMany(_facts.Topology.Consumers));
        var after = Reaching(_facts.Nodes, node => node.Inputs.Select(_facts.Topology.Producer).OfType<Node>());
        foreach (var node in _facts.Nodes)
        {
            var role = OperatorRoles.Of(node);
            if (_weighted.ContainsKey(node)) _nodes.Add(node);
            else if (role is OperatorRole.Computing or OperatorRole.PassThrough && !_stays(node) && Suits(node, role, before.Contains(node) && after.Contains(node))) _nodes.Add(node);
            else if (role == OperatorRole.Cutting && Absorber(node) is { } maker) _absorbed.Add(node, maker);
        }
    }

    private bool Suits(Node node, OperatorRole role, bool between)
    {
        var data = OperatorRoles.DataInputs(node).ToArray();
        if (!(between || _options.Everything) || !data.Any(_facts.IsActivation) || data.Any(d => _facts.TypeOf(d).Element is not (ElementType.Float or ElementType.Undefined))) return false;
        // Training forms and indices have outputs that are no data.
        if (node.Outputs.Count(o => o.Length > 0) != 1 && !node.Is(Ops.Split)) return false;
        return role == OperatorRole.Computing && _options.Everything || data.Any(IsQuantizedAlready);
    }

    private bool IsQuantizedAlready(string value) => _facts.Topology.Producer(value) is { } maker && (_nodes.Contains(maker) && GivesQuantized(maker) || _absorbed.ContainsKey(maker));

    /// <summary>A Gemm or MatMul may give floats, and does so where no integer operator reads them.</summary>
    private bool GivesQuantized(Node node) => !(node.Is(Ops.Gemm) || node.Is(Ops.MatMul)) || _options.Everything || _feeding.Contains(node);

    /// <summary>The node into whose rounding an activation function can go: it alone reads that node's result, and the integers' range cuts where it does.</summary>
    private Node? Absorber(Node node)
    {
        var input = node.Inputs[0];
        if (_stays(node) || _options.Symmetric || _facts.Topology.SoleConsumer(input) != node || !IsQuantizedAlready(input)) return null;
        var maker = _facts.Topology.Producer(input)!;
        if (!_nodes.Contains(maker) || OperatorRoles.Of(maker) == OperatorRole.PassThrough) return null;
        return node.Is(Ops.Relu) || CutsAtZero(node) ? maker : null;
    }

    /// <summary>Whether a Clip has 0 as its lower bound. Its upper one is where calibration finds the range to end.</summary>
    private bool CutsAtZero(Node clip) => _facts.Constants.Find(clip.Input(1)) is { ElementType: ElementType.Float, ElementCount: 1 } lower && lower.Span<float>()[0] == 0;

    private PlacementPlan Finish()
    {
        var range = new Dictionary<string, string>(StringComparer.Ordinal);
        var pixels = new Dictionary<string, PixelInput>(StringComparer.Ordinal);
        foreach (var node in _facts.Nodes.Where(n => _nodes.Contains(n) || _absorbed.ContainsKey(n)))
        {
            if (_absorbed.ContainsKey(node))
            {
                range[node.Outputs[0]] = node.Outputs[0];
                range.Remove(node.Inputs[0]);
                continue;
            }
            foreach (var input in OperatorRoles.DataInputs(node).Where(_facts.IsActivation)) AddInput(input);
            if (!GivesQuantized(node)) continue;
            foreach (var output in node.Outputs.Where(o => o.Length > 0)) range[output] = OperatorRoles.Of(node) == OperatorRole.PassThrough ? range[node.Inputs[0]] : output;
        }
        return new PlacementPlan
        {
            Weighted = [.. _facts.Nodes.Where(_weighted.ContainsKey).Select(n => _weighted[n])],
            Nodes = _nodes,
            Absorbed = _absorbed,
            RangeOf = range,
            Pixels = pixels,
            Left = _left,
        };

        void AddInput(string input)
        {
            if (!range.TryAdd(input, input) || _integers != IntegerRange.UInt8 || _options.Symmetric || _options.Everything) return;
            if (PixelInput.Of(input, _facts) is { } pixel) pixels.Add(input, pixel);
        }
    }

    /// <summary>Nodes with weights and all that lie behind them, as <paramref name="neighbours"/> counts: what feeds them or what reads them.</summary>
    private HashSet<Node> Reaching(IEnumerable<Node> order, Func<Node, IEnumerable<Node>> neighbours)
    {
        var reached = new HashSet<Node>(_weighted.Keys);
        foreach (var node in order)
        {
            if (neighbours(node).Any(reached.Contains)) reached.Add(node);
        }
        return reached;
    }
}
