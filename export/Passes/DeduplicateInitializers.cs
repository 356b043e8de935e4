using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>Keeps one of several constant tensors of the same type, shape and elements.</summary>
public sealed class DeduplicateInitializers : IPass, IRewrite
{
    /// <summary>Bytes at the ends of a tensor by which most that differ are told apart.</summary>
    private const int Ends = 64;

    public string Name => nameof(DeduplicateInitializers);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var seen = new Dictionary<int, List<Initializer>>();
        foreach (var tensor in rewriter.Graph.Initializers.Where(t => !rewriter.Constants.IsOverridable(t.Name) && IsKnown(t.ElementType)).ToArray())
        {
            var key = Hash(tensor);
            if (!seen.TryGetValue(key, out var alike)) seen[key] = alike = [];
            if (alike.Find(other => Same(tensor, other)) is not { } original) alike.Add(tensor);
            else if (rewriter.Merge(tensor, original) is { } obstacle) rewriter.Declined(tensor.Name, $"it equals '{original.Name}', but {obstacle}");
            else rewriter.Rewrote(tensor.Name, $"removed; it equals '{original.Name}'");
        }
    }

    private static bool IsKnown(ElementType type) => type == ElementType.String || type.Bits() > 0;

    private static int Hash(Initializer tensor)
    {
        var hash = new HashCode();
        hash.Add(tensor.ElementType);
        foreach (var size in tensor.Dims) hash.Add(size);
        if (tensor.ElementType == ElementType.String) return hash.ToHashCode();
        var bytes = tensor.Bytes.Span;
        hash.AddBytes(bytes[..Math.Min(Ends, bytes.Length)]);
        hash.AddBytes(bytes[^Math.Min(Ends, bytes.Length)..]);
        return hash.ToHashCode();
    }

    private static bool Same(Initializer a, Initializer b) => a.ElementType == b.ElementType && a.Dims.SequenceEqual(b.Dims)
        && (a.ElementType == ElementType.String ? a.Strings.SequenceEqual(b.Strings) : a.Bytes.Span.SequenceEqual(b.Bytes.Span));
}
