using System.Text;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Packaging;

/// <summary>Writes the C# record of a table's row: a typed property for every column.</summary>
internal static class RowSource
{
    public static string Of(DeployMetadata metadata, string type)
    {
        // What the record has of its own.
        var taken = new HashSet<string> { $"{type}Row", "ToInputs", "Equals", "GetHashCode", "ToString", "GetType", "EqualityContract", "Number", "Word" };
        var (properties, inputs) = (new StringBuilder(), new StringBuilder());
        foreach (var column in metadata.Columns)
        {
            var property = Identifier.Unique(column.Name, taken);
            properties.Append($"    /// <summary>{PredictorSource.Comment(About(column))}</summary>\n    public {TypeOf(column)} {property} {{ get; init; }}\n\n");
            foreach (var line in Inputs(column, property)) inputs.Append($"        {line},\n");
        }
        return $$"""
            /// <summary>A row as the model takes it; null is a missing value.</summary>
            public sealed record {{type}}Row
            {
            {{properties.ToString().TrimEnd()}}

                internal List<NamedOnnxValue> ToInputs() =>
                [
            {{inputs.ToString().TrimEnd()}}
                ];

                private static NamedOnnxValue Number(string name, double? value) => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(new[] { (float)(value ?? double.NaN) }, [1, 1]));

                private static NamedOnnxValue Word(string name, string? value) => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<string>(new[] { value ?? "" }, [1, 1]));
            }


            """;
    }

    private static string About(TableColumn column)
    {
        const int told = 10;
        return column.Kind == ColumnKind.Category
            ? $"The column '{column.Name}', one of {string.Join(", ", column.Categories.Take(told).Select(c => $"'{c}'"))}{(column.Categories.Count > told ? " …" : "")}; any other word counts as none."
            : $"The column '{column.Name}'.";
    }

    private static string TypeOf(TableColumn column) => column.Kind switch
    {
        ColumnKind.Boolean => "bool?",
        ColumnKind.Category => "string?",
        ColumnKind.Date => "DateTime?",
        _ => "double?",
    };

    private static IEnumerable<string> Inputs(TableColumn column, string property)
    {
        string Name(string name) => PredictorSource.Literal(name);
        return column.Kind switch
        {
            ColumnKind.Category => [$"Word({Name(column.Name)}, {property})"],
            ColumnKind.Boolean => [$"Number({Name(column.Name)}, {property} is null ? null : {property} == true ? 1 : 0)"],
            ColumnKind.Date => column.Numbers.Zip(column.Parts, (name, part) => $"Number({Name(name)}, {Part(property, part)})"),
            _ => [$"Number({Name(column.Name)}, {property})"],
        };
    }

    /// <summary>As <see cref="TableDate.Part"/> has it.</summary>
    private static string Part(string property, DatePart part) => part switch
    {
        DatePart.Year => $"{property}?.Year",
        DatePart.Month => $"{property}?.Month",
        DatePart.Day => $"{property}?.Day",
        DatePart.Weekday => $"((int?){property}?.DayOfWeek + 6) % 7",
        DatePart.Hour => $"{property}?.TimeOfDay.TotalHours",
        _ => throw new NotSupportedException($"No C# is known for the date part {part}."),
    };
}
