using System.Text;

namespace OnnxPipeline.Inference.Tables;

/// <summary>Rows as an application has them: a word for every column, by its heading.</summary>
internal static class WordRows
{
    /// <exception cref="RowException">A column is missing or unknown, or a word is not of its column's kind.</exception>
    public static RowBatch Read(RowLayout layout, IReadOnlyList<IReadOnlyDictionary<string, string?>> rows)
    {
        var batch = new RowBatch(layout, rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var where = rows.Count == 1 ? "" : $"row {i + 1} of {rows.Count}: ";
            if (layout.Misfit([.. rows[i].Keys]) is { } misfit) throw new RowException($"{where}{misfit}");
            batch.Begin();
            for (var column = 0; column < layout.Columns.Count; column++)
            {
                var name = layout.Columns[column].Name;
                if (rows[i][name] is not { } word) batch.AddMissing(column);
                else if (batch.TryAdd(column, Encoding.UTF8.GetBytes(word.Trim())) is { } problem) throw new RowException($"{where}column '{name}': {problem}");
            }
            batch.End();
        }
        return batch;
    }
}
