using System.CommandLine;
using System.Globalization;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders.Inputs;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Pipeline.Commands.Samples;

/// <summary>The options of verbs that run a model on samples: where they are, and how their pixels become a model's floats.</summary>
internal sealed class SampleArguments
{
    /// <summary>Stands for samples made up from the signature.</summary>
    private const string MadeUp = "generated";

    private readonly Option<string[]> _data = new("--data")
    {
        Description = $"Samples: a dataset ({string.Join(", ", DatasetRegistry.Names)}), a folder of images by class, a dataset artifact; without answers, a folder of images alone, a CSV file for a model of a table, "
            + $"tensors (.npy, .pb), or '{MadeUp}' for inputs made up from the signature.",
        HelpName = "NAME|PATH",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<int> _heldOut = new("--held-out") { Description = "How many of them to compare the models on at most.", HelpName = "N", DefaultValueFactory = _ => new Export.CompareOptions().Samples };
    private readonly Option<string?> _mean = new("--mean") { Description = "Mean of each channel, from 0 to 1, for a model that takes float pixels: (pixel / 255 - mean) / deviation.", HelpName = "X,..." };
    private readonly Option<string?> _std = new("--std") { Description = "Standard deviation of each channel, likewise.", HelpName = "X,..." };
    private readonly Option<string?> _mirror = new("--data-mirror") { Description = "Take dataset files from here first.", HelpName = "DIR" };
    private readonly Option<string> _artifacts = ArtifactsOption.Create();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_data, _heldOut, _mean, _std, _mirror, _artifacts]) command.Add(option);
        _heldOut.Validators.Add(result =>
        {
            if (result.GetValue(_heldOut) < 1) result.AddError("--held-out must be at least 1.");
        });
    }

    /// <summary>The samples; null where none are given.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="modelPath">The model's file.</param>
    /// <param name="model">The model.</param>
    /// <param name="calibration">How many of the calibration samples are needed at most.</param>
    /// <param name="services">The command line's world.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="UsageException">What is given are no samples, or none for this model.</exception>
    public GivenSamples? Open(ParseResult line, string modelPath, Model model, int calibration, CliServices services, CancellationToken cancellation)
    {
        if (line.GetValue(_data) is not { Length: > 0 } given) return null;
        var limit = line.GetValue(_heldOut);
        var most = Math.Max(calibration, limit);
        var normalization = Normalization(line);
        HeldOutSamples Prepared(HeldOutSamples samples) => ToModel(samples, model, normalization);

        if (given is [MadeUp]) return GivenSamples.Unlabelled(MadeUpSamples(model, calibration), "inputs made up from the signature");
        string[] paths = [.. given.Select(g => Path.GetFullPath(g, services.Folder))];
        if (TensorFiles.Find(paths) is { Count: > 0 } files) return Named(TensorFiles.Read(files, model), given);
        if (given.Length > 1) throw new UsageException($"--data names {given.Length} sources; several can only be files of tensors (.npy, .pb).");
        if (TableFile.IsNamedLikeOne(paths[0]) && File.Exists(paths[0])) return Named(TableFile.Read(paths[0], modelPath, most, services.Error), given);
        if (IsFlat(paths[0]))
        {
            var images = UnlabelledImages.Read(DatasetOpener.Images(paths[0], model), most, cancellation);
            return Named(Prepared(HeldOutSamples.Of(images.Pixels, new int[images.Count]).WithoutLabels()), given);
        }
        var dataset = new DatasetOpener(services, line.GetValue(_mirror), ArtifactsOption.Read(line, _artifacts, services)).Open(given[0], model, cancellation);
        try
        {
            return GivenSamples.Of(dataset, model, Prepared, calibration, limit, services.Error);
        }
        catch
        {
            dataset.Dispose();
            throw;
        }
    }

    /// <summary>Images, and no folder of images beside them: those would be classes.</summary>
    private static bool IsFlat(string path) => Directory.Exists(path)
        && Directory.EnumerateFiles(path).Any(file => ImagePaths.Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
        && !Directory.EnumerateDirectories(path).Any();

    private static GivenSamples Named(HeldOutSamples samples, string[] given) => GivenSamples.Unlabelled(samples, $"{samples.Count} samples of {string.Join(", ", given)}, whose answers are not known");

    private static HeldOutSamples MadeUpSamples(Model model, int count) => HeldOutSamples.MadeUpFor(model, Math.Min(count, 32))
        ?? throw new UsageException($"The model takes {ModelDescription.Values(model.Graph.RequiredInputs)}, whose first axes do not count samples; give tensors that fit with --data.");

    private static HeldOutSamples ToModel(HeldOutSamples samples, Model model, PixelNormalization? normalization)
    {
        var inputs = model.Graph.RequiredInputs.ToArray();
        if (inputs is not [{ Type.Element: ElementType.Float }] || ModelInspector.ImageOf(model) is not { } image)
        {
            var trained = inputs.Length > 0 && inputs.All(i => i.Name is TableFeatures.Numeric or TableFeatures.Categorical);
            return normalization is null ? trained ? samples.InTrainingForm() : samples : throw new UsageException($"--mean and --std are for a model that takes float pixels, and this one takes {ModelDescription.Values(inputs)}.");
        }
        if (normalization is null)
            throw new UsageException($"The model takes float pixels ({inputs[0]}), and nothing says how bytes become those. Give --mean and --std as in training: for example --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 for ImageNet's, --mean 0 --std 1 for 0 to 1.");
        if (new[] { normalization.Mean, normalization.StandardDeviation }.Any(v => v.Count > image.Channels)) throw new UsageException($"--mean and --std have a value for each of 3 channels, and the model's images have {image.Channels}.");
        return samples.AsFloats(image, normalization.Mean, normalization.StandardDeviation);
    }

    private PixelNormalization? Normalization(ParseResult line) => (line.GetValue(_mean), line.GetValue(_std)) switch
    {
        (null, null) => null,
        ({ } mean, { } std) => new PixelNormalization(Floats(Numbers(mean, "--mean", _ => true, "numbers")), Floats(Numbers(std, "--std", x => x > 0, "numbers above 0"))),
        _ => throw new UsageException("--mean and --std go together; give both."),
    };

    private static float[] Floats(double[] numbers) => Array.ConvertAll(numbers, x => (float)x);

    /// <summary>Numbers between commas, one or three, each within the range of a float.</summary>
    /// <exception cref="UsageException">They are not.</exception>
    internal static double[] Numbers(string text, string option, Func<double, bool> valid, string expected)
    {
        var numbers = text.Split(',', StringSplitOptions.TrimEntries);
        return numbers.Length is 1 or 3
            ? Array.ConvertAll(numbers, n => double.TryParse(n, CultureInfo.InvariantCulture, out var x) && float.IsFinite((float)x) && valid((float)x) ? x : throw new UsageException($"{option} is '{text}'; expected {expected}, one or three."))
            : throw new UsageException($"{option} is '{text}'; expected {expected}, one or three.");
    }
}
