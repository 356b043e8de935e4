using OnnxPipeline.Datasets.Splits;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Formats;

/// <summary>
/// UCI's optical digits, the 1,797 of its test file: one feature "image", uint8 [1, 8, 8]. A pixel is the published count, 0 to
/// 16, of black dots in a block of 4x4; it is not stretched to 255, so an image for prediction must hold such counts too.
/// The file is one set: a fifth of it, by class, is the test part, the same one for every seed.
/// </summary>
internal static class DigitsDataset
{
    private const int Side = 8;
    private const int MaxCount = 16;
    private const int Classes = 10;
    private const double TestShare = 0.2;

    public static DatasetDefinition Definition { get; } = new()
    {
        Name = "digits",
        Summary = "Handwritten digits: 1,797 greyscale images of 8x8 pixels, 10 classes",
        Source = "Alpaydin and Kaynak 1998, https://archive.ics.uci.edu/dataset/80",
        Mirrors = [new("https://archive.ics.uci.edu/ml/machine-learning-databases/optdigits/")],
        Files = [new("optdigits.tes", 264_712, "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8")],
        Read = reading => Read(reading.Files[0]),
    };

    private static DatasetContent Read(string path)
    {
        using var stream = File.OpenRead(path);
        var (test, train) = Splitter.HoldOutTest(ReadSamples(stream, path), TestShare);
        return new DatasetContent
        {
            Name = Definition.Name,
            Source = Definition.Source,
            Labels = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
            Train = train,
            Test = test,
        };
    }

    /// <exception cref="DatasetFormatException">A row is not 64 counts and a digit, or there is none.</exception>
    internal static SampleSet ReadSamples(Stream stream, string source)
    {
        var pixels = new List<byte>();
        var labels = new List<long>();
        using var rows = new CsvRecords(stream, source, new CsvDialect(), DatasetFormatException.Of);
        while (rows.Read())
        {
            rows.Expect((Side * Side) + 1);
            for (var i = 0; i < Side * Side; i++) pixels.Add((byte)rows.Integer(i, 0, MaxCount));
            labels.Add(rows.Integer(Side * Side, 0, Classes - 1));
        }
        if (labels.Count == 0) throw new DatasetFormatException($"{source}: empty; expected rows of {Side * Side} counts and a digit.");
        return new SampleSet([new SampleTensor("image", DataKind.UInt8, [1, Side, Side], pixels.ToArray())], labels.ToArray());
    }
}
