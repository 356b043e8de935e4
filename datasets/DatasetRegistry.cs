using OnnxPipeline.Datasets.Formats;
using OnnxPipeline.Datasets.Images;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Datasets.Tables;

namespace OnnxPipeline.Datasets;

/// <summary>The datasets a recipe can name.</summary>
public static class DatasetRegistry
{
    public static IReadOnlyList<DatasetDefinition> All { get; } =
    [
        IdxDataset.Define(new IdxDatasetInfo
        {
            Name = "mnist",
            Summary = "Handwritten digits: 60,000 + 10,000 greyscale images of 28x28 pixels, 10 classes",
            Source = "LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist/",
            Mirrors = [new("https://ossci-datasets.s3.amazonaws.com/mnist/"), new("https://storage.googleapis.com/cvdf-datasets/mnist/")],
            Labels = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            TrainImages = new("train-images-idx3-ubyte.gz", 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            TrainLabels = new("train-labels-idx1-ubyte.gz", 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            TestImages = new("t10k-images-idx3-ubyte.gz", 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            TestLabels = new("t10k-labels-idx1-ubyte.gz", 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
        }),
        IdxDataset.Define(new IdxDatasetInfo
        {
            Name = "fashion-mnist",
            Summary = "Zalando's articles of clothing: 60,000 + 10,000 greyscale images of 28x28 pixels, 10 classes",
            Source = "Xiao, Rasul and Vollgraf 2017, https://github.com/zalandoresearch/fashion-mnist",
            DebianPackage = "dataset-fashion-mnist",
            // The bucket's own site has no HTTPS; what it sends is checked like all else.
            Mirrors = [new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"), new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/")],
            Labels = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
            TrainImages = new("train-images-idx3-ubyte.gz", 47_040_016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
            TrainLabels = new("train-labels-idx1-ubyte.gz", 60_008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            TestImages = new("t10k-images-idx3-ubyte.gz", 7_840_016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            TestLabels = new("t10k-labels-idx1-ubyte.gz", 10_008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
        }),
        CifarDataset.Cifar10,
        DigitsDataset.Definition,
        ImageFolderDataset.Definition,
        CovertypeDataset.Definition,
        MoonsDataset.Definition,
        CsvDataset.Definition,
    ];

    public static IEnumerable<string> Names => All.Select(d => d.Name);

    public static bool Contains(string name) => All.Any(d => d.Name == name);

    /// <exception cref="ArgumentException">No dataset has that name; the message lists those there are.</exception>
    public static DatasetDefinition Find(string name) => All.FirstOrDefault(d => d.Name == name) ?? throw new ArgumentException(UnknownName(name), nameof(name));

    internal static string UnknownName(string name) => $"'{name}' is no dataset; expected one of {string.Join(", ", Names)}.";
}
