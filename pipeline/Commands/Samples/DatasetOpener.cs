using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Commands.Samples;

/// <summary>Opens the dataset that a command line names for a model: by the registry's name, a folder or archive of images by class, or a dataset artifact.</summary>
/// <param name="services">The command line's world.</param>
/// <param name="mirror">Where dataset files are looked for first; null for nowhere.</param>
/// <param name="artifacts">The folder of artifacts, among which datasets are kept.</param>
internal sealed class DatasetOpener(CliServices services, string? mirror, string artifacts)
{
    /// <summary>The recipes here are split by this seed, so that their datasets serve again.</summary>
    private const ulong DefaultSeed = 1;

    /// <exception cref="UsageException">There is no such dataset, or the model takes no images.</exception>
    public Dataset Open(string given, Model model, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(given, services.Folder);
        if (File.Exists(Path.Combine(path, "meta.json"))) return Dataset.Open(path);
        var options = Directory.Exists(path) || File.Exists(path)
            ? new DataOptions { Dataset = "image-folder", ImageFolder = Images(path, model) }
            : new DataOptions { Dataset = given };
        if (!DatasetRegistry.Names.Contains(options.Dataset)) throw new UsageException($"There is no dataset or folder '{given}'.{Names.Suggest(given, DatasetRegistry.Names)}");
        if (options.Validate() is { Count: > 0 } faults) throw new UsageException(string.Join(Environment.NewLine, faults));
        var stage = services.DataStage(options, DefaultSeed, services.ForStages(mirror));
        var artifact = RunView.Watch(services, observer => new Orchestrator(artifacts, observer, services.Time).Obtain(stage, cancellation));
        return Dataset.Open(artifact.Folder);
    }

    /// <summary>Images brought to the size that the model takes.</summary>
    /// <exception cref="UsageException">It takes none of a fixed size.</exception>
    public static ImageFolderOptions Images(string path, Model model) => ModelInspector.ImageOf(model) is { Layout: not ImageLayout.Encoded } image
        ? new ImageFolderOptions { Path = path, Size = $"{image.Height}x{image.Width}", Channels = image.Channels == 1 ? ImageChannels.Grey : ImageChannels.Rgb }
        : throw new UsageException($"'{path}' holds images, but the model takes {ModelDescription.Values(model.Graph.RequiredInputs)}; expected an image of [batch,channels,height,width] or [batch,height,width,channels], sizes fixed.");
}
