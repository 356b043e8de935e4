namespace OnnxPipeline.Datasets.Images;

/// <summary>An image's name in its source, and its class.</summary>
internal sealed record LabelledImage(string Name, long Label);

/// <summary>Which image is of which class and split, as its folders say.</summary>
internal sealed record ImageLayout
{
    private const string Expected = "expected [train|validation|test/]class/image";

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".gif"];

    /// <summary>Folder names of splits, whatever their case, and the split each stands for.</summary>
    private static readonly Dictionary<string, string> Splits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Dataset.TrainName,
        ["validation"] = Dataset.ValidationName,
        ["val"] = Dataset.ValidationName,
        ["test"] = Dataset.TestName,
    };

    /// <summary>Class names in ordinal order, the same for every split.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Everything, when the source is not split.</summary>
    public required IReadOnlyList<LabelledImage> Train { get; init; }

    /// <summary>Null when the source has no such split.</summary>
    public IReadOnlyList<LabelledImage>? Validation { get; init; }

    /// <summary>Null when the source has no such split.</summary>
    public IReadOnlyList<LabelledImage>? Test { get; init; }

    /// <summary>Files that are no images by their name.</summary>
    public int Ignored { get; init; }

    public static bool IsImage(string name) => Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="DatasetFormatException">The layout is another, or a class has no images in some split.</exception>
    public static ImageLayout Of(string source, SourceListing listing)
    {
        var images = listing.Files.Where(IsImage).Order(StringComparer.Ordinal).ToArray();
        if (images.Length == 0) throw new DatasetFormatException($"{source}: there are no images in it ({string.Join(", ", Extensions)}), only {listing.Files.Count:N0} other files; {Expected}.");
        var root = Root(images);
        var parts = images.ToDictionary(name => name, name => name[root.Length..].Split('/'));
        var isSplit = parts.Values.All(p => Splits.ContainsKey(p[0]));
        var depth = isSplit ? 3 : 2;
        CheckDepth(source, [.. images.Where(name => parts[name].Length != depth)], [.. parts.Values.Select(p => p[0]).Distinct()]);

        var folders = Folders(listing, root, source, depth);
        var labels = folders.Where(f => f.Length == depth - 1).Select(f => f[^1]).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (labels.Length < 2) throw new DatasetFormatException($"{source}: there is one class only, '{labels[0]}'; expected a folder for each of two or more classes.");
        var bySplit = folders.Select(f => isSplit ? f[0] : Dataset.TrainName).Distinct().ToLookup(folder => Splits[folder]);
        if (bySplit.FirstOrDefault(s => s.Count() > 1) is { } twice) throw new DatasetFormatException($"{source}: the folders {string.Join(", ", twice)} are the same split; join them.");
        if (!bySplit.Contains(Dataset.TrainName)) throw new DatasetFormatException($"{source}: there is no train folder beside {string.Join(", ", bySplit.Select(s => s.Single()))}; {Expected}.");

        var layout = new ImageLayout
        {
            Labels = labels,
            Train = Of(Dataset.TrainName)!,
            Validation = Of(Dataset.ValidationName),
            Test = Of(Dataset.TestName),
            Ignored = listing.Files.Count - images.Length,
        };
        layout.CheckClasses(source, _ => true, "");
        return layout;

        LabelledImage[]? Of(string split) => bySplit[split].SingleOrDefault() is not { } folder ? null
            : [.. images.Where(name => !isSplit || parts[name][0] == folder).Select(name => new LabelledImage(name, Array.IndexOf(labels, parts[name][depth - 2])))];
    }

    /// <param name="source">The source, as errors name it.</param>
    /// <param name="counts">Which images count.</param>
    /// <param name="why">What the error adds.</param>
    /// <exception cref="DatasetFormatException">A class has no image that counts in some split.</exception>
    public void CheckClasses(string source, Func<LabelledImage, bool> counts, string why)
    {
        var missing = new List<string>();
        foreach (var (split, images) in new[] { (Dataset.TrainName, Train), (Dataset.ValidationName, Validation), (Dataset.TestName, Test) })
        {
            if (images is null) continue;
            var there = images.Where(counts).Select(i => i.Label).ToHashSet();
            var absent = Labels.Where((_, label) => !there.Contains(label)).ToArray();
            if (absent.Length > 0) missing.Add($"{split} has no images of {string.Join(", ", absent)}");
        }
        if (missing.Count > 0) throw new DatasetFormatException($"{source}: {string.Join("; ", missing)}{why}; expected images of every class in every split. Add some, or remove the class.");
    }

    /// <summary>A folder around everything, as archives often have; empty where there is none.</summary>
    private static string Root(string[] images)
    {
        var root = images[0][..(images[0].IndexOf('/') + 1)];
        return root.Length > 0 && !Splits.ContainsKey(root[..^1]) && images.All(name => name.StartsWith(root, StringComparison.Ordinal) && name.Count(c => c == '/') >= 2) ? root : "";
    }

    private static void CheckDepth(string source, string[] astray, string[] top)
    {
        if (astray.Length == 0) return;
        var mixed = top.Where(Splits.ContainsKey).ToArray() is { Length: > 0 } splits && splits.Length < top.Length
            ? $" Either all of the upper folders are splits or none; {string.Join(", ", splits)} are, and {string.Join(", ", top.Except(splits).Take(5))} are not."
            : "";
        throw new DatasetFormatException($"{source}: '{astray[0]}'{(astray.Length > 1 ? $" and {astray.Length - 1:N0} more" : "")} do not lie where images do; {Expected}.{mixed}");
    }

    /// <summary>The parts of the name of every folder of a split or a class, stated or implied.</summary>
    private static string[][] Folders(SourceListing listing, string root, string source, int depth)
    {
        var all = listing.Folders.Concat(listing.Files.Select(f => f[..Math.Max(0, f.LastIndexOf('/'))])).Distinct()
            .Where(f => f.Length > root.Length && f.StartsWith(root, StringComparison.Ordinal))
            .Select(f => f[root.Length..].Split('/'))
            .Where(f => depth == 2 || Splits.ContainsKey(f[0]))
            .ToArray();
        if (all.FirstOrDefault(f => f.Length >= depth) is { } deep) throw new DatasetFormatException($"{source}: '{root}{string.Join('/', deep)}' is a folder in a class's folder; {Expected}.");
        return all;
    }
}
