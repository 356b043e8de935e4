using System.Text.Json;

namespace OnnxPipeline.Inference.Results;

/// <summary>One column of the rows that are written.</summary>
/// <param name="Name">Its heading, or the name of its property.</param>
/// <param name="Text">The cell's text; null where the row has nothing for it.</param>
/// <param name="Json">Writes name and value; null to write the text, if there is one.</param>
internal sealed record ResultColumn(string Name, Func<RankedRow, string?> Text, Action<RankedRow, Utf8JsonWriter>? Json = null)
{
    public void Write(in RankedRow row, Utf8JsonWriter json)
    {
        if (Json is not null) Json(row, json);
        else if (Text(row) is { } text) json.WriteString(Name, text);
    }
}

/// <summary>A row, and its classes with the answer first, as many as the columns need.</summary>
internal readonly record struct RankedRow(ResultRow Row, IReadOnlyList<ClassProbability> Classes)
{
    /// <summary>The class at a rank from 1; null where there is none.</summary>
    public ClassProbability? At(int rank) => rank <= Classes.Count ? Classes[rank - 1] : null;
}
