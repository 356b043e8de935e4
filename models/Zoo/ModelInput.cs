using System.Globalization;

namespace OnnxPipeline.Models.Zoo;

/// <summary>What a model is built for: raw data, prepared inside the graph.</summary>
public abstract record ModelInput
{
    /// <summary>What is wrong with the input itself; empty when nothing is.</summary>
    internal abstract IEnumerable<string> Check();

    /// <summary>Adds the graph's inputs, and the nodes that prepare them for the layers.</summary>
    internal abstract ModelFeatures AddTo(GraphBuilder graph);

    /// <summary>Reads CHANNELSxHEIGHTxWIDTH, for example 1x28x28, or NUMBERS[+SIZE,SIZE…]: so many numeric columns, and the number of categories of each other one, for example 10+4,40.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static ModelInput Parse(string text)
    {
        if (Sizes(text, 'x') is [> 0, > 0, > 0] image) return new ImageModelInput(image[0], image[1], image[2]);
        var parts = text.Split('+');
        if (Sizes(parts[0], ',') is [>= 0] numbers && (parts.Length == 1 ? [] : parts.Length == 2 ? Sizes(parts[1], ',') : [0]) is var categories
            && categories.All(c => c > 0) && numbers[0] + categories.Length > 0)
            return new TableModelInput(numbers[0], categories);
        throw new FormatException($"'{text}' is no input; expected CHANNELSxHEIGHTxWIDTH of images, for example 1x28x28, or of a table its number of numeric columns and the categories of each other one, for example 10+4,40.");
    }

    /// <summary>Whole numbers; -1 for what is none.</summary>
    private static int[] Sizes(string text, char separator) =>
        [.. text.Split(separator).Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1)];
}
