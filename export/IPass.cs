using OnnxPipeline.Models;

namespace OnnxPipeline.Export;

/// <summary>One rewrite of a model that keeps what the model computes.</summary>
public interface IPass
{
    string Name { get; }

    /// <summary>
    /// Applies the rewrite wherever it is proved to be safe; everywhere else the report says why not. The argument is never
    /// changed; an unmodified result holds the argument itself.
    /// </summary>
    /// <exception cref="ModelFormatException">The graph has a cycle, or two nodes produce one value.</exception>
    PassResult Apply(Model model, PassOptions? options = null);
}
