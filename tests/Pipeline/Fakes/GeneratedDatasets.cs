using System.Globalization;
using System.IO.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>Small data in the form of the published datasets, made by seed, so that their recipes run without the files.</summary>
internal static class GeneratedDatasets
{
    private const int Classes = 10;

    /// <summary>A recipe's stages on generated data: images in place of published images, a table in UCI's form in place of covertype's file.</summary>
    public static CliServices In(string folder) => new()
    {
        Folder = folder,
        Stages = (recipe, services) =>
        {
            Directory.CreateDirectory(Path.Combine(folder, "mirror"));
            if (recipe.Data.Dataset == "covertype") WriteCovertype(Path.Combine(folder, "mirror", "covertype"));
            var own = RecipeStages.For(recipe, services with { DataMirror = Path.Combine(folder, "mirror") });
            return ImageShape(recipe.Data.Dataset) is { } shape ? [Images(recipe, shape), .. own.Skip(1)] : own;
        },
    };

    private static long[]? ImageShape(string dataset) => dataset switch
    {
        "mnist" or "fashion-mnist" => [1, 28, 28],
        "cifar10" => [3, 32, 32],
        "digits" => [1, 8, 8],
        _ => null,
    };

    private static FakeStage Images(Recipe recipe, long[] shape)
    {
        var binary = recipe.Data.Binary;
        return new("data", context => DatasetWriter.Write(context.Output, new DatasetContent
        {
            Name = recipe.Data.Dataset,
            Labels = binary?.Names ?? [.. Enumerable.Range(0, Classes).Select(c => $"class {c}")],
            Train = Draw(60, shape, binary is not null, 1),
            Validation = Draw(20, shape, binary is not null, 2),
            Test = Draw(20, shape, binary is not null, 3),
        }))
        {
            Options = recipe.Data,
        };
    }

    private static SampleSet Draw(int count, long[] shape, bool binary, ulong part)
    {
        var random = new CounterRandom(5, RandomPurpose.Sampling, part);
        var size = (int)(shape[0] * shape[1] * shape[2]);
        var (pixels, labels) = (new byte[count * size], new long[count]);
        for (var i = 0; i < count; i++)
        {
            var label = i % Classes;
            labels[i] = binary ? label / 5 : label;
            for (var j = 0; j < size; j++) pixels[i * size + j] = (byte)(random.Next(100) + 15 * label * (j % 3 == label % 3 ? 1 : 0));
        }
        return new SampleSet([new SampleTensor("image", DataKind.UInt8, shape, pixels)], labels);
    }

    private static void WriteCovertype(string folder)
    {
        Directory.CreateDirectory(folder);
        var random = new CounterRandom(5, RandomPurpose.Sampling);
        using var file = new StreamWriter(new GZipStream(File.Create(Path.Combine(folder, "covtype.data.gz")), CompressionLevel.Fastest));
        for (var row = 0; row < 280; row++)
        {
            var type = row % 7 + 1;
            var numbers = Enumerable.Range(0, 10).Select(column => (100 * column + 40 * type + (int)random.Next(50)).ToString(CultureInfo.InvariantCulture));
            var (area, soil) = (row % 4, row * 7 % 40);
            file.WriteLine(string.Join(",", [.. numbers, .. Enumerable.Range(0, 4).Select(a => a == area ? "1" : "0"), .. Enumerable.Range(0, 40).Select(s => s == soil ? "1" : "0"), $"{type}"]));
        }
    }
}
