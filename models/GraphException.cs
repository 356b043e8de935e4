namespace OnnxPipeline.Models;

/// <summary>A graph contradicts itself or an operator's rules; the message names the node, what was expected and what was found.</summary>
public sealed class GraphException : Exception
{
    public GraphException(string message) : base(message)
    {
    }

    public GraphException(string message, Exception inner) : base(message, inner)
    {
    }

    internal GraphException(Node node, string expected, string found)
        : base($"Node '{node.DisplayName}' ({node.QualifiedOpType}): expected {expected}, found {found}.")
    {
    }
}
