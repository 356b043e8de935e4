namespace OnnxPipeline.Inference.Folders.Inputs;

/// <summary>Goes through the inputs of a run and turns each into the images that it stands for.</summary>
internal sealed class InputReader(FolderInputs inputs)
{
    /// <summary>Comes once, where images follow that cannot be counted without reading them.</summary>
    public static readonly InputImage Uncountable = new("");

    /// <summary>Passes over what can only be counted by reading it, with <see cref="Uncountable"/> in its place.</summary>
    public bool CountsOnly { get; init; }

    /// <summary>Gives an archive itself in place of the images in it.</summary>
    public bool ArchivesWhole { get; init; }

    public IEnumerable<InputImage> Read()
    {
        foreach (var path in inputs.Paths)
        {
            foreach (var image in Given(path)) yield return image;
        }
        foreach (var list in inputs.Lists)
        {
            foreach (var image in Listed(list)) yield return image;
        }
    }

    private IEnumerable<InputImage> Given(string path)
    {
        if (inputs.PathColumn is not null) return Tabled(path);
        if (path == InputFile.StandardInput) return Listed(path);
        // A file may be called "a[1].png".
        return GlobPattern.IsOne(path) && !File.Exists(path) && !Directory.Exists(path) ? Matching(path) : Named(path);
    }

    /// <summary>What a path names: an image, a folder of them or an archive of them.</summary>
    private IEnumerable<InputImage> Named(string path)
    {
        if (Directory.Exists(path)) return ImagePaths.In(path);
        if (!File.Exists(path)) return [new InputImage(path, "there is no such file or folder.")];
        if (ArchivesWhole || !ArchiveImages.IsNamedLikeOne(path)) return [new InputImage(path)];
        return inputs.ArchivesRefused is { } refused ? [new InputImage(path, refused)] : ArchiveImages.In(path, CountsOnly);
    }

    private IEnumerable<InputImage> Matching(string pattern)
    {
        var any = false;
        foreach (var (path, error) in new GlobPattern(pattern).Files())
        {
            any = true;
            foreach (var image in error is null ? Named(path) : [new InputImage(path, error)]) yield return image;
        }
        if (!any) yield return new InputImage(pattern, "no file is called like that.");
    }

    private IEnumerable<InputImage> Listed(string list)
    {
        if (CountsOnly && list == InputFile.StandardInput) return [Uncountable];
        return PathList.Read(list, inputs.StandardInput).SelectMany(line => line.Error is null ? Named(line.Path) : [line]);
    }

    private IEnumerable<InputImage> Tabled(string table)
    {
        if (CountsOnly && table == InputFile.StandardInput) return [Uncountable];
        return PathTable.Read(table, inputs).SelectMany(row => row.Error is null ? Named(row.Path).Select(image => ReferenceEquals(image, Uncountable) ? image : image with { Fields = row.Fields }) : [row]);
    }
}
