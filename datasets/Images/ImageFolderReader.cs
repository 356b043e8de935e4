using OnnxPipeline.Datasets.Artifacts;
using OnnxPipeline.Datasets.Splits;

namespace OnnxPipeline.Datasets.Images;

/// <summary>Makes a dataset of a source of images: one feature "image", uint8 [channels, height, width].</summary>
internal sealed class ImageFolderReader(IImageSource source, ImageFolderOptions options, ScratchFile scratch)
{
    /// <summary>Images an error or a note lists by name.</summary>
    private const int Listed = 100;

    /// <exception cref="DatasetFormatException">The layout is another, images are broken or of several sizes, or a class is missing from a split.</exception>
    public DatasetContent Read(CancellationToken cancellation)
    {
        var layout = ImageLayout.Of(source.Path, source.List());
        LabelledImage[] images = [.. layout.Train, .. layout.Validation ?? [], .. layout.Test ?? []];
        var decoding = new ImageDecoding(source, options, [.. images.Select(i => i.Name)]);
        decoding.Run(scratch.Handle, cancellation);
        CheckSizes(decoding, images);
        var broken = Report(decoding, images);
        if (broken.Length > 0 && !options.SkipBroken)
            throw new DatasetFormatException($"{source.Path}: {broken}\nRepair or remove them, or leave them out with data.imageFolder.skipBroken: true.");
        var lost = decoding.Broken.Keys.Select(place => images[place]).ToHashSet();
        layout.CheckClasses(source.Path, image => !lost.Contains(image), " that can be decoded");

        var train = Samples(0, layout.Train);
        var test = layout.Test is { } held ? Samples(images.Length - held.Count, held) : null;
        if (test is null && options.Test > 0) (test, train) = Splitter.HoldOutTest(train, options.Test);
        return new DatasetContent
        {
            Name = ImageFolderDataset.Name,
            Source = "the user's own images",
            Labels = layout.Labels,
            Train = train,
            Validation = layout.Validation is { } validation ? Samples(layout.Train.Count, validation) : null,
            Test = test,
            Notes = Notes(layout, broken, test),
        };

        SampleSet Samples(int first, IReadOnlyList<LabelledImage> part)
        {
            int[] kept = [.. Enumerable.Range(0, part.Count).Where(i => !decoding.Broken.ContainsKey(first + i))];
            var shape = decoding.ItemShape;
            var stored = new StoredItems(scratch.Handle, DataKind.UInt8.ItemBytes(shape), [.. kept.Select(i => first + i)]);
            return new SampleSet([new SampleTensor("image", DataKind.UInt8, shape, default) { Stored = stored }], Array.ConvertAll(kept, i => part[i].Label));
        }
    }

    private void CheckSizes(ImageDecoding decoding, LabelledImage[] images)
    {
        if (decoding.Misfits.IsEmpty) return;
        var (place, size) = decoding.Misfits.MinBy(m => m.Key);
        var shape = decoding.ItemShape;
        throw new DatasetFormatException($"{source.Path}: {decoding.Misfits.Count:N0} of {images.Length:N0} images are not of the first one's size, {shape[1]}x{shape[2]} (height x width), for example '{images[place].Name}' with {size}. Give the size to bring them all to, for example data.imageFolder.size: {shape[1]}x{shape[2]}.");
    }

    /// <summary>The broken images, each with its fault; empty when there are none.</summary>
    private static string Report(ImageDecoding decoding, LabelledImage[] images)
    {
        if (decoding.Broken.IsEmpty) return "";
        var lines = decoding.Broken.Select(b => $"  - {images[b.Key].Name}: {b.Value}").Order(StringComparer.Ordinal).ToArray();
        var more = lines.Length > Listed ? $"\n  - and {lines.Length - Listed:N0} more" : "";
        return $"{lines.Length:N0} of {images.Length:N0} images are broken:\n{string.Join("\n", lines.Take(Listed))}{more}";
    }

    private static string[] Notes(ImageLayout layout, string broken, SampleSet? test)
    {
        var notes = new List<string>();
        if (broken.Length > 0) notes.Add($"left out: {broken}");
        if (layout.Ignored > 0) notes.Add($"passed over: {layout.Ignored:N0} files that are no images by their names");
        var tested = test?.Labels.ToArray().ToHashSet();
        var few = layout.Labels.Where((_, label) => tested?.Contains(label) == false).ToArray();
        if (few.Length > 0) notes.Add($"too few images for the test part: {string.Join(", ", few)}");
        return [.. notes];
    }
}
