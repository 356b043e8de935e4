namespace OnnxPipeline.Export.Rewriting;

/// <summary>What a pass does to a model that is its own to change. A pipeline so copies the weights once, not once a pass.</summary>
internal interface IRewrite
{
    string Name { get; }

    /// <summary>Edits the model through the rewriter and tells it of every edit; a model nothing is told about must be as it was.</summary>
    void Rewrite(GraphRewriter rewriter, PassOptions options);
}
