namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>One thing wrong with a recipe.</summary>
/// <param name="Where">"file:line:column", or the command-line option the text came from.</param>
/// <param name="Path">The option's path, for example "train.epochs"; empty for the document as a whole.</param>
/// <param name="Message">What was expected, what was found, and what to do.</param>
internal sealed record RecipeError(string Where, string Path, string Message)
{
    public override string ToString() => Path.Length == 0 ? $"{Where}: {Message}" : $"{Where}: {Path}: {Message}";
}

/// <summary>A recipe that cannot be used; it lists everything that is wrong with it, not only the first.</summary>
internal sealed class RecipeException(IReadOnlyList<RecipeError> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public RecipeException(string where, string message)
        : this([new RecipeError(where, "", message)])
    {
    }

    public IReadOnlyList<RecipeError> Errors { get; } = errors;
}
