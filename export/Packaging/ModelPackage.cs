namespace OnnxPipeline.Export.Packaging;

/// <summary>Packages an exported model: the files appear in a folder at once when all of them are there, or not at all.</summary>
public static class ModelPackage
{
    private const string ReadmeFile = "README.md";

    private static readonly Dictionary<PackageKind, IPackageWriter> Writers = new()
    {
        [PackageKind.Folder] = new FolderPackage(),
        [PackageKind.Triton] = new TritonPackage(),
        [PackageKind.Browser] = new BrowserPackage(),
        [PackageKind.NuGet] = new NuGetPackage(),
        [PackageKind.Ort] = new RuntimePackage(forThisMachine: false),
        [PackageKind.Optimized] = new RuntimePackage(forThisMachine: true),
    };

    /// <param name="modelPath">A model that this pipeline exported. Its card and reports are taken from beside it.</param>
    /// <param name="folder">Where the package goes; made, or empty, unless <see cref="PackageOptions.Force"/> is set.</param>
    /// <param name="options">What is made.</param>
    /// <returns>The package's files, relative to the folder.</returns>
    /// <exception cref="PackageException">The file is no model of this pipeline, this package cannot be made of it, or the folder is taken.</exception>
    public static IReadOnlyList<string> Write(string modelPath, string folder, PackageOptions options)
    {
        var source = PackageSource.Open(modelPath, options);
        using var output = new OutputFolder(folder, options.Force);
        var readme = Writers[options.Kind].Write(source, output.Work);
        File.WriteAllText(Path.Combine(output.Work, ReadmeFile), $"# {source.Name}\n\n{source.Model.Description}\n\n{readme.Trim()}\n");
        return output.Publish();
    }
}

/// <summary>Makes one kind of package.</summary>
internal interface IPackageWriter
{
    /// <summary>Fills an empty folder; gives what its README says of the use, in Markdown.</summary>
    string Write(PackageSource source, string folder);
}
