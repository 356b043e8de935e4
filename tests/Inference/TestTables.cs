using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Tests;

/// <summary>
/// Models of a table as the export makes them, with weights known by hand: the score is age / 10, missing as 0, plus the code of
/// the colour, plus 2 for a member, plus the year since 2000. A classifier's "yes" has the probability sigmoid(score - 4); a regression's "price" is the score.
/// </summary>
internal static class TestTables
{
    private const long LabelEncoderVersion = 2;

    public static readonly string[] Labels = ["no", "yes"];

    public static readonly TableColumn[] Columns =
    [
        new() { Name = "age", Kind = ColumnKind.Number },
        new() { Name = "colour", Kind = ColumnKind.Category, Categories = ["blue", "red", "Größe, \"x\""] },
        new() { Name = "member", Kind = ColumnKind.Boolean },
        new() { Name = "since", Kind = ColumnKind.Date, Parts = [DatePart.Year] },
    ];

    public static byte[] Model(bool regression = false, TableFormat? format = null, double? threshold = null)
    {
        var graph = new Graph("table");
        string[] numbers = ["age", "member", "since.year"];
        foreach (var name in numbers) graph.Inputs.Add(new Value(name, ElementType.Float, "batch", 1));
        graph.Inputs.Add(new Value("colour", ElementType.String, "batch", 1));
        var output = regression ? "prediction" : "probabilities";
        graph.Outputs.Add(new Value(output, ElementType.Float, "batch", regression ? 1 : 2));

        graph.Initializers.Add(Initializer.Create<float>("none", [0f, 0, 2000], 1, 3));
        graph.Initializers.Add(Initializer.Create<float>("offset", [0f, 0, -2000, 0], 1, 4));
        graph.Initializers.Add(Initializer.Create<float>("weights", [0.1f, 2, 1, 1], 4, 1));
        graph.Initializers.Add(Initializer.Create<float>("four", [4f]));
        graph.Initializers.Add(Initializer.Create<float>("one", [1f]));
        graph.Nodes.Add(new Node("Concat", numbers, ["numbers"]).Set("axis", 1L));
        graph.Nodes.Add(new Node("IsNaN", ["numbers"], ["missing"]));
        graph.Nodes.Add(new Node("Where", ["missing", "none", "numbers"], ["filled"]));
        graph.Nodes.Add(new Node("LabelEncoder", ["colour"], ["code"], "", Domains.MachineLearning)
            .Set("keys_strings", Columns[1].Categories).Set("values_floats", [1f, 2, 3]).Set("default_float", 0f));
        graph.Nodes.Add(new Node("Concat", ["filled", "code"], ["all"]).Set("axis", 1L));
        graph.Nodes.Add(new Node("Add", ["all", "offset"], ["shifted"]));
        graph.Nodes.Add(new Node("MatMul", ["shifted", "weights"], [regression ? output : "score"]));
        if (!regression)
        {
            graph.Nodes.Add(new Node("Sub", ["score", "four"], ["logit"]));
            graph.Nodes.Add(new Node("Sigmoid", ["logit"], ["yes"]));
            graph.Nodes.Add(new Node("Sub", ["one", "yes"], ["no"]));
            graph.Nodes.Add(new Node("Concat", ["no", "yes"], [output]).Set("axis", 1L));
        }

        var model = new Model(graph);
        model.Opsets.TryAdd(Domains.MachineLearning, LabelEncoderVersion);
        var metadata = new DeployMetadata
        {
            Labels = regression ? [] : Labels,
            Columns = Columns,
            TableFormat = format,
            Prediction = regression ? output : null,
            Target = regression ? "price" : null,
            Threshold = threshold,
        };
        foreach (var (key, value) in metadata.ToEntries()) model.Metadata[key] = value;
        return model.ToBytes();
    }

    /// <summary>The probability of "yes" for a score.</summary>
    public static double Yes(double score) => 1 / (1 + Math.Exp(4 - score));
}
