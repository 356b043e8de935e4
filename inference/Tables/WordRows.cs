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
                if (batch.TryAdd(column, rows[i][name]) is { } problem) throw new RowException($"{where}column '{name}': {problem}");
            }
            batch.End();
        }
        return batch;
    }

    /// <summary>Reads one row, a word a column in the columns' order.</summary>
    /// <exception cref="RowException">There are not as many words as columns, or a word is not of its column's kind.</exception>
    public static RowBatch Read(RowLayout layout, ReadOnlySpan<string?> words)
    {
        if (words.Length != layout.Columns.Count) throw new RowException($"A row has {layout.Columns.Count} columns ({string.Join(", ", layout.Columns.Select(c => c.Name))}); {words.Length} words were given.");
        var batch = new RowBatch(layout, 1);
        batch.Begin();
        for (var column = 0; column < words.Length; column++)
        {
            if (batch.TryAdd(column, words[column]) is { } problem) throw new RowException($"column '{layout.Columns[column].Name}': {problem}");
        }
        batch.End();
        return batch;
    }
}
