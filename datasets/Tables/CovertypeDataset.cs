using System.Runtime.InteropServices;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Datasets.Splits;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>
/// UCI's Covertype: ten numbers, two groups of one-hot columns, and the cover type from 1 to 7, without headings. The groups are
/// categories here. The file is one set: 15 % of it, by class, is the test part, the same one for every seed.
/// Source: Blackard 1998, https://archive.ics.uci.edu/dataset/31, with the names and soil codes of its covtype.info.
/// </summary>
internal static class CovertypeDataset
{
    private const double TestShare = 0.15;

    private static readonly string[] Numbers =
    [
        "elevation", "aspect", "slope", "horizontal_distance_to_hydrology", "vertical_distance_to_hydrology", "horizontal_distance_to_roadways",
        "hillshade_9am", "hillshade_noon", "hillshade_3pm", "horizontal_distance_to_fire_points",
    ];

    /// <summary>By the Forest Service's ecological landtype units, soil types 1 to 40.</summary>
    private static readonly string[] SoilTypes =
    [
        "2702", "2703", "2704", "2705", "2706", "2717", "3501", "3502", "4201", "4703", "4704", "4744", "4758", "5101", "5151", "6101", "6102", "6731", "7101", "7102",
        "7103", "7201", "7202", "7700", "7701", "7702", "7709", "7710", "7745", "7746", "7755", "7756", "7757", "7790", "8703", "8707", "8708", "8771", "8772", "8776",
    ];

    private static readonly string[] WildernessAreas = ["Rawah", "Neota", "Comanche Peak", "Cache la Poudre"];

    private static readonly string[] CoverTypes = ["Spruce/Fir", "Lodgepole Pine", "Ponderosa Pine", "Cottonwood/Willow", "Aspen", "Douglas-fir", "Krummholz"];

    private static readonly int LabelColumn = Numbers.Length + WildernessAreas.Length + SoilTypes.Length;

    private static readonly TableColumn[] Columns =
    [
        .. Numbers.Select(name => new TableColumn { Name = name, Kind = ColumnKind.Number }),
        new() { Name = "wilderness_area", Kind = ColumnKind.Category, Categories = WildernessAreas },
        new() { Name = "soil_type", Kind = ColumnKind.Category, Categories = SoilTypes },
    ];

    public static DatasetDefinition Definition { get; } = new()
    {
        Name = "covertype",
        Summary = "Forest cover: 581,012 rows of 10 numbers and 2 categories, 7 classes",
        Source = "Blackard 1998, https://archive.ics.uci.edu/dataset/31",
        Mirrors = [new("https://archive.ics.uci.edu/ml/machine-learning-databases/covtype/")],
        Files = [new("covtype.data.gz", 11_240_707, "614360d0257557dd1792834a85a1cdebfadc3c4f30b011d56afee7ffb5b15771") { SumOfPublished = true }],
        Read = reading => Read(reading.Files[0]),
    };

    private static DatasetContent Read(string path)
    {
        using var stream = CompressedFile.OpenRead(path);
        var samples = ReadSamples(stream, path);
        var (test, train) = Splitter.HoldOutTest(samples, TestShare);
        return new DatasetContent
        {
            Name = Definition.Name,
            Source = Definition.Source,
            Notes = [$"covertype: {samples.Count:N0} rows; UCI's file has 581,012"],
            Labels = CoverTypes,
            Columns = Columns,
            Train = train,
            Test = test,
        };
    }

    /// <exception cref="DatasetFormatException">A row is not ten numbers, two one-hot groups and a cover type, or there is none.</exception>
    internal static SampleSet ReadSamples(Stream stream, string source)
    {
        var numeric = new List<float>();
        var categorical = new List<long>();
        var labels = new List<long>();
        using var rows = new CsvRecords(stream, source, new CsvDialect(), DatasetFormatException.Of);
        while (rows.Read())
        {
            rows.Expect(LabelColumn + 1);
            for (var i = 0; i < Numbers.Length; i++) numeric.Add(rows.Integer(i, -100_000, 100_000));
            categorical.Add(OneHot(rows, Numbers.Length, WildernessAreas.Length, "wilderness area"));
            categorical.Add(OneHot(rows, Numbers.Length + WildernessAreas.Length, SoilTypes.Length, "soil type"));
            labels.Add(rows.Integer(LabelColumn, 1, CoverTypes.Length) - 1);
        }
        if (labels.Count == 0) throw new DatasetFormatException($"{source}: empty; expected rows of {LabelColumn + 1} whole numbers.");
        return new SampleSet(
            [
                new SampleTensor(TableFeatures.Numeric, DataKind.Float, [Numbers.Length], Bytes<float>(numeric)),
                new SampleTensor(TableFeatures.Categorical, DataKind.Int64, [2], Bytes<long>(categorical)),
            ],
            labels.ToArray());
    }

    /// <summary>The code, from 1, of the one column of a group that is set.</summary>
    private static long OneHot(CsvRecords rows, int first, int count, string group)
    {
        var code = 0;
        for (var i = 0; i < count; i++)
        {
            if (rows[first + i] is [(byte)'0'] || rows.Integer(first + i, 0, 1) == 0) continue;
            if (code > 0) throw rows.Error(first + i, $"a second {group} is set, after that in column {first + code}; expected one of columns {first + 1} to {first + count} to be 1.");
            code = i + 1;
        }
        return code > 0 ? code : throw rows.Error(first, $"no {group} is set; expected one of columns {first + 1} to {first + count} to be 1.");
    }

    private static byte[] Bytes<T>(List<T> values) where T : unmanaged => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)).ToArray();
}
