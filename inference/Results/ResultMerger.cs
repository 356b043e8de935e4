namespace OnnxPipeline.Inference.Results;

/// <summary>Puts the rows of shards together into the file that one run over all inputs would have written, byte for byte.</summary>
public static class ResultMerger
{
    /// <summary>
    /// Takes a row of every shard by turns: CSV with the same header in each, or JSON Lines. That a shard is missing, or two have changed
    /// places, shows only in numbers of rows that do not fit.
    /// </summary>
    /// <param name="shards">The shards' files, all of them, in the order of their numbers.</param>
    /// <param name="output">The file to write; it is there only once all rows are in it.</param>
    /// <returns>How many rows there are.</returns>
    /// <exception cref="ResultFileException">The files are not the whole of one run's shards.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static long Merge(IReadOnlyList<string> shards, string output)
    {
        if (shards.Count == 0) throw new ArgumentException("there are no shards.", nameof(shards));
        var streams = new List<FileStream>();
        var partial = output + ".part";
        try
        {
            foreach (var shard in shards) streams.Add(new FileStream(shard, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0));
            var format = FormatOf(streams, shards);
            long rows;
            using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16)) rows = Merge([.. streams.Select((s, i) => new RowFile(s, shards[i], format))], shards, format, file);
            foreach (var stream in streams) stream.Dispose();
            File.Move(partial, output, overwrite: true);
            return rows;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
        finally
        {
            foreach (var stream in streams) stream.Dispose();
        }
    }

    private static long Merge(RowFile[] files, IReadOnlyList<string> shards, RowFormat format, Stream output)
    {
        if (format == RowFormat.Csv) CopyHeader(files, shards, output);
        long rows = 0;
        while (files[rows % files.Length].Read())
        {
            output.Write(files[rows % files.Length].Row);
            rows++;
        }
        for (var i = 0; i < files.Length; i++)
        {
            if (i != rows % files.Length && files[i].Read())
                throw new ResultFileException($"{shards[i]}: it has more rows than fit: the {(int)(rows % files.Length) + 1}. file, {shards[(int)(rows % files.Length)]}, ends after {rows / files.Length:N0}. Has every shard finished, and are all of them here in the order of their numbers?");
            if (files[i].IsTorn) throw new ResultFileException($"{shards[i]}: its last row is cut short; finish that shard first, with --resume.");
        }
        return rows;
    }

    private static void CopyHeader(RowFile[] files, IReadOnlyList<string> shards, Stream output)
    {
        for (var i = 0; i < files.Length; i++)
        {
            if (!files[i].Read()) throw new ResultFileException($"{shards[i]}: it has no header; expected a CSV file or JSON Lines that predict wrote.");
            if (!files[i].Row.SequenceEqual(files[0].Row)) throw new ResultFileException($"{shards[i]}: its columns are {string.Join(", ", StoredRow.Fields(files[i].Row))}; expected {string.Join(", ", StoredRow.Fields(files[0].Row))}, as {shards[0]} has. They are not shards of one run.");
        }
        output.Write(files[0].Row);
    }

    /// <summary>JSON Lines have no header, so that a shard without rows is empty.</summary>
    private static RowFormat FormatOf(IReadOnlyList<FileStream> streams, IReadOnlyList<string> shards)
    {
        var first = streams.Select(stream => stream.ReadByte()).ToArray();
        foreach (var stream in streams) stream.Position = 0;
        var (json, other) = (Array.IndexOf(first, '{'), Array.FindIndex(first, start => start is >= 0 and not '{'));
        if (json >= 0 && other >= 0) throw new ResultFileException($"{shards[other]}: it is no JSON Lines; expected them as in {shards[json]}. They are not shards of one run.");
        return json >= 0 ? RowFormat.JsonLines : RowFormat.Csv;
    }
}
