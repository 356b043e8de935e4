namespace OnnxPipeline.Pipeline.Reports;

/// <summary>A piece of a page.</summary>
internal abstract record Block;

/// <summary>A page: what it is about, the figures that matter most, then section by section.</summary>
/// <param name="Title">For example the recipe's name.</param>
/// <param name="Subtitle">One line under it.</param>
/// <param name="Headline">The figures to see first.</param>
/// <param name="Sections">In reading order; those without blocks are left out.</param>
internal sealed record Page(string Title, string Subtitle, IReadOnlyList<Figure> Headline, IReadOnlyList<Section> Sections);

/// <summary>A heading and what stands under it.</summary>
internal sealed record Section(string Title, params IReadOnlyList<Block> Blocks);

/// <summary>A figure to be read at a glance, such as "92.87 %" and "test accuracy".</summary>
internal sealed record Figure(string Value, string Name, string? Detail = null);

/// <summary>A paragraph.</summary>
internal sealed record Paragraph(string Text) : Block;

/// <summary>Text whose line breaks and spaces matter.</summary>
internal sealed record Preformatted(string Text) : Block;

/// <summary>Rows of cells under a header.</summary>
internal sealed record Table(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows) : Block
{
    public string? Title { get; init; }

    /// <summary>From this column on, cells are numbers and stand to the right.</summary>
    public int NumbersFrom { get; init; } = 1;

    /// <summary>Takes the page's whole width.</summary>
    public bool Wide { get; init; } = true;

    /// <summary>Shows its title alone until it is opened.</summary>
    public bool Folded { get; init; }
}

/// <summary>Images with a line or two under each.</summary>
internal sealed record Mosaic(string Title, string Caption, IReadOnlyList<MosaicImage> Images) : Block;

/// <param name="Png">A PNG file.</param>
/// <param name="Lines">What stands under it.</param>
internal sealed record MosaicImage(byte[] Png, params IReadOnlyList<string> Lines);
