using System.Reflection;

namespace OnnxPipeline.Inference.Tables;

/// <summary>Rows as an application has them: an object each, with a property for every column.</summary>
internal sealed class ObjectRows<T>(RowLayout layout, IReadOnlyList<PropertyInfo> properties) where T : notnull
{
    /// <exception cref="RowException">A value is not of its column's kind.</exception>
    public RowBatch Read(IReadOnlyList<T> rows)
    {
        var batch = new RowBatch(layout, rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            batch.Begin();
            for (var column = 0; column < properties.Count; column++)
            {
                if (batch.TryAdd(column, properties[column].GetValue(rows[i])) is { } problem)
                    throw new RowException($"{(rows.Count == 1 ? "" : $"row {i + 1} of {rows.Count}: ")}'{properties[column].Name}': {problem}");
            }
            batch.End();
        }
        return batch;
    }
}
