using OnnxPipeline.Models;

namespace OnnxPipeline.Export;

/// <summary>What a pass returns. When it modified nothing, <see cref="Model"/> is the model it was given.</summary>
public sealed record PassResult(Model Model, bool Modified, PassReport Report);

/// <summary>What a pass did and what it declined to do, node by node, in graph order.</summary>
/// <param name="Pass">The pass's name.</param>
/// <param name="NodesBefore">Nodes of the main graph before the pass.</param>
/// <param name="NodesAfter">Nodes of the main graph after it.</param>
/// <param name="Rewrote">What was done.</param>
/// <param name="Declined">What was left, each with the reason.</param>
public sealed record PassReport(string Pass, int NodesBefore, int NodesAfter, IReadOnlyList<PassNote> Rewrote, IReadOnlyList<PassNote> Declined)
{
    public override string ToString() => $"{Pass}: {NodesBefore} -> {NodesAfter} nodes, {Rewrote.Count} rewritten, {Declined.Count} declined";
}

/// <summary>One entry of a report: what was done, or the reason why nothing was.</summary>
/// <param name="Subject">The node, initializer or value it is about.</param>
/// <param name="Text">What was done to it, or why it was left.</param>
public sealed record PassNote(string Subject, string Text)
{
    public override string ToString() => $"{Subject}: {Text}";
}
