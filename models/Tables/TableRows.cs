namespace OnnxPipeline.Models.Tables;

/// <summary>The rows of a table as text: headings are read first, then a row has a field for every one of them.</summary>
public sealed class TableRows : IDisposable
{
    /// <summary>What a table may have: every column costs memory.</summary>
    private const int MaxColumns = 10_000;

    private bool _firstRowRead;

    /// <summary>Reads the headings; where there are none, columns are called "column1" and so on.</summary>
    /// <param name="records">The whole file, which is the table's from now on.</param>
    /// <param name="source">Names the file in errors.</param>
    /// <param name="header">Whether the first row is the headings.</param>
    /// <param name="expected">What an error expects in place of a row of one field; null where one is enough.</param>
    /// <exception cref="Exception">There are none, or two are equal. The type is that of the records' errors.</exception>
    public TableRows(CsvRecords records, string source, bool header, string? expected = null)
    {
        Records = records;
        if (!records.Read()) throw records.Fault($"{source}: empty; expected {(header ? "a row of headings and " : "")}rows of values.");
        if (records.Count == 1 && expected is not null) throw records.Error(0, $"the row is one field when split at {CsvRecords.Name(records.Delimiter)}; expected {expected}");
        if (records.Count > MaxColumns) throw records.Error(MaxColumns, $"the row has {records.Count:N0} fields; expected at most {MaxColumns:N0}. Is it another file, or another delimiter?");
        if (header)
        {
            records.Headings = HeadingsOf(records, source);
            return;
        }
        records.Headings = [.. Enumerable.Range(1, records.Count).Select(i => $"column{i}")];
        _firstRowRead = true;
    }

    public CsvRecords Records { get; }

    public IReadOnlyList<string> Headings => Records.Headings;

    /// <summary>Goes to the next row.</summary>
    /// <exception cref="Exception">It has not a field for every heading, or is no CSV. Reading may go on behind it.</exception>
    public bool Read()
    {
        if (_firstRowRead)
        {
            _firstRowRead = false;
            return true;
        }
        if (!Records.Read()) return false;
        Records.Expect(Headings.Count);
        return true;
    }

    public void Dispose() => Records.Dispose();

    private static string[] HeadingsOf(CsvRecords records, string source)
    {
        string[] headings = [.. Enumerable.Range(0, records.Count).Select(records.Text)];
        var faults = new List<string>();
        for (var i = 0; i < headings.Length; i++)
        {
            var first = Array.IndexOf(headings, headings[i]);
            if (string.IsNullOrWhiteSpace(headings[i])) faults.Add($"column {i + 1} has no heading");
            else if (first < i) faults.Add($"column {i + 1} has the heading '{headings[i]}', as column {first + 1} has");
        }
        if (faults.Count > 0) throw records.Fault($"{source}: line {records.Line}: {string.Join("; ", faults.Take(20))}. Expected a different heading for every column; if the first row is values, set csv.header of the dataset to false.");
        return headings;
    }
}
