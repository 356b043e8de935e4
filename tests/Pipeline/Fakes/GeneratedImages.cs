using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>A small dataset of 8x8 images in three classes, each with a bright stripe of its own, made by seed: no files are needed.</summary>
internal static class GeneratedImages
{
    private const int Side = 8;
    private const int Classes = 3;

    /// <summary>A recipe's stages with this dataset in the place of its own.</summary>
    public static CliServices In(string folder, int training = 240) => new()
    {
        Folder = folder,
        Stages = (recipe, services) => [Stage(recipe, training), .. RecipeStages.For(recipe, services).Skip(1)],
        DataStage = (data, seed, _) => Stage(new Recipe { Name = "stripes", Seed = seed, Data = data, Model = new MlpOptions() }, training),
    };

    /// <summary>Writes the dataset's artifact to a folder.</summary>
    public static void Write(string folder, int training = 240, bool validation = true) => DatasetWriter.Write(folder, new DatasetContent
    {
        Name = "stripes",
        Labels = ["top", "middle", "bottom"],
        Train = Draw(training, 1),
        Validation = validation ? Draw(60, 2) : null,
        Test = Draw(60, 3),
    });

    private static FakeStage Stage(Recipe recipe, int training) => new("data", context => Write(context.Output, Math.Min(recipe.Data.Limit ?? training, training), recipe.Data.Validation != 0))
    {
        Options = recipe.Data,
    };

    private static SampleSet Draw(int count, ulong part)
    {
        var random = new CounterRandom(5, RandomPurpose.Sampling, part);
        var pixels = new byte[count * Side * Side];
        var labels = new long[count];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (sample, row) = (i / (Side * Side), i / Side % Side);
            labels[sample] = sample % Classes;
            pixels[i] = (byte)(random.Next(160) + (row / 3 == labels[sample] ? 60 : 0));
        }
        return new SampleSet([new SampleTensor("image", DataKind.UInt8, [1, Side, Side], pixels)], labels);
    }
}
