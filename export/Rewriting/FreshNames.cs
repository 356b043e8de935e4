using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Names for new values of a graph, none of which it has yet or is given twice.</summary>
internal sealed class FreshNames(Graph graph)
{
    private readonly HashSet<string> _taken = GraphNames.All(graph);

    /// <summary>The stem, or where it is taken the stem with a number.</summary>
    public string Of(string stem)
    {
        var name = GraphNames.Fresh(_taken, stem);
        _taken.Add(name);
        return name;
    }
}
