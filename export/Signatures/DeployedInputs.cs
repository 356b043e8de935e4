using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Signatures;

/// <summary>Gives the graph of a table's model the inputs of a deployed one: every column under its own name.</summary>
internal static class DeployedInputs
{
    /// <summary>The version of ai.onnx.ml whose LabelEncoder turns strings into int64.</summary>
    private const long LabelEncoderVersion = 2;

    /// <summary>Numbers are floats [batch, 1]; categories are strings [batch, 1], looked up in the graph, where any other word gets code 0.</summary>
    /// <exception cref="ExportException">The columns are not those that the model was trained on.</exception>
    public static void SetColumns(Model model, ValueNames names, IReadOnlyList<TableColumn> columns)
    {
        var graph = model.Graph;
        string[] numbers = [.. columns.SelectMany(c => c.Numbers)];
        TableColumn[] categories = [.. columns.Where(c => c.Kind == ColumnKind.Category)];
        CheckWidth(graph, TableFeatures.Numeric, numbers.Length);
        CheckWidth(graph, TableFeatures.Categorical, categories.Length);

        // The joined columns get names of their own: a column may be called as they are.
        var joins = graph.RequiredInputs.Select(i => i.Name).ToDictionary(name => name, name => names.Fresh($"{name}.columns"));
        foreach (var (name, joined) in joins) names.Rename(name, joined);
        graph.Inputs.RemoveAll(input => joins.ContainsValue(input.Name));
        var front = new List<Node>();
        foreach (var column in columns)
        {
            foreach (var name in column.Numbers) Declare(name, ElementType.Float);
            if (column.Kind == ColumnKind.Category) Declare(column.Name, ElementType.String);
        }
        if (numbers.Length > 0) front.Add(Join(numbers, joins[TableFeatures.Numeric]));
        if (categories.Length > 0)
        {
            string[] codes = [.. categories.Select(c => names.Fresh($"{c.Name}.code"))];
            front.AddRange(categories.Zip(codes, Encode));
            front.Add(Join(codes, joins[TableFeatures.Categorical]));
            model.Opsets.TryAdd(Domains.MachineLearning, LabelEncoderVersion);
        }
        graph.Nodes.InsertRange(0, front);

        void Declare(string name, ElementType element)
        {
            names.Free(name);
            graph.Inputs.Add(new Value(name, element, Signature.BatchSymbol, 1));
        }
    }

    private static Node Join(IEnumerable<string> columns, string into) => new Node(Ops.Concat, columns, [into], into).Set("axis", 1L);

    private static Node Encode(TableColumn column, string code) => new Node(Ops.LabelEncoder, [column.Name], [code], code, Domains.MachineLearning)
        .Set("keys_strings", column.Categories)
        .Set("values_int64s", [.. Enumerable.Range(1, column.Categories.Count).Select(c => (long)c)])
        .Set("default_int64", 0L);

    private static void CheckWidth(Graph graph, string feature, int columns)
    {
        var width = graph.Input(feature) is { Type.Shape: { Rank: 2 } shape } ? shape[1].Size ?? 0 : 0;
        if (width != columns)
            throw new ExportException($"The model takes {width} columns as '{feature}', but {columns} such columns are described. Export with the columns of the dataset that it was trained on.");
    }
}
