using System.CommandLine;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Commands.Samples;
using OnnxPipeline.Pipeline.Recipes.Binding;
using Option = System.CommandLine.Option;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What "finetune" and "features" have in common: a model from anywhere, and how the data's images become what it takes.</summary>
internal sealed class ImportArguments
{
    private readonly Argument<string> _model = new("MODEL") { Description = "An ONNX model of float32 that classifies images, whoever made it." };
    private readonly Option<string?> _headNode = new("--head-node") { Description = "The node that classifies, or the weight it reads, by name, where it is not the last Gemm, MatMul or Conv.", HelpName = "NAME" };
    private readonly Option<string?> _size = new("--size") { Description = "Height and width in pixels that images are brought to, for example 224x224. [default: the model's, or the data's where it takes any]", HelpName = "HxW" };
    private readonly Option<string?> _mean = new("--mean") { Description = "Mean of each channel, from 0 to 1, that its pixels were prepared with, for example 0.485,0.456,0.406. [default: the data's]", HelpName = "X,..." };
    private readonly Option<string?> _std = new("--std") { Description = "Standard deviation of each channel, likewise, for example 0.229,0.224,0.225. [default: the data's]", HelpName = "X,..." };

    public void AddTo(Command command)
    {
        command.Add(_model);
        foreach (var option in (Option[])[_headNode, _size, _mean, _std]) command.Add(option);
    }

    /// <summary>The model as the command line names it.</summary>
    public string Given(ParseResult line) => line.GetRequiredValue(_model);

    /// <summary>A recipe's options of the model.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is no sound model, or a quantised one.</exception>
    public OnnxModelOptions Read(ParseResult line, CliServices services)
    {
        _ = ModelFile.ReadFloat(Given(line), services);
        return new OnnxModelOptions
        {
            Path = ModelFile.PathOf(Given(line), services),
            HeadNode = line.GetValue(_headNode),
            Size = line.GetValue(_size),
            Mean = line.GetValue(_mean) is { } mean ? SampleArguments.Numbers(mean, "--mean", _ => true, "numbers") : null,
            Std = line.GetValue(_std) is { } std ? SampleArguments.Numbers(std, "--std", x => x > 0, "numbers above 0") : null,
        };
    }

    /// <summary>Data by a name of the registry, or a folder or archive of images by class, brought to the model's size and channels.</summary>
    /// <exception cref="UsageException">There are none, or the size of a folder's images is unknown.</exception>
    public DataOptions Data(ParseResult line, string given, CliServices services)
    {
        var path = Path.GetFullPath(given, services.Folder);
        if (!Directory.Exists(path) && !File.Exists(path))
            return DatasetRegistry.Contains(given) ? new DataOptions { Dataset = given } : throw new UsageException($"There is no dataset or folder '{given}'.{Names.Suggest(given, DatasetRegistry.Names)}");
        var model = ModelFile.Read(Given(line), services);
        return new DataOptions { Dataset = "image-folder", ImageFolder = line.GetValue(_size) is { } size ? new ImageFolderOptions { Path = path, Size = size, Channels = ChannelsOf(model) } : DatasetOpener.Images(path, model) };
    }

    private static ImageChannels ChannelsOf(Model model) =>
        model.Graph.RequiredInputs.FirstOrDefault()?.Type?.Shape is [_, { Size: 1 }, _, _] or [_, _, _, { Size: 1 }] or { Rank: 3 } ? ImageChannels.Grey : ImageChannels.Rgb;
}
