using System.Runtime.InteropServices;
using System.Text;
using OnnxPipeline.Datasets.Tables;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Tables;

/// <summary>A CSV file of a test, and the dataset made of it.</summary>
internal sealed class CsvFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Csv => _folder.File("table.csv");

    public string Output => _folder.File("out");

    public CsvOptions Options => new() { Path = Csv, Target = "y" };

    public void Dispose() => _folder.Dispose();

    public CsvFolder Write(string text, Encoding? encoding = null)
    {
        File.WriteAllText(Csv, text, encoding ?? new UTF8Encoding(false));
        return this;
    }

    public CsvFolder WriteBytes(byte[] bytes)
    {
        File.WriteAllBytes(Csv, bytes);
        return this;
    }

    public TableSummary Summarize(CsvOptions? options = null) => CsvDataset.Summarize(Data(options), 1, default);

    public Dataset Build(CsvOptions? options = null, DataOptions? data = null, ulong seed = 1)
    {
        DatasetBuilder.Build(Data(options, data), seed, new SourceOptions { GetEnvironment = _ => null }, Output);
        return Dataset.Open(Output);
    }

    /// <summary>The error of building it, which names the file.</summary>
    public string Fault(CsvOptions? options = null)
    {
        var error = Assert.Throws<DatasetFormatException>(() => Build(options));
        Assert.StartsWith(Csv + ": ", error.Message, StringComparison.Ordinal);
        return error.Message[(Csv.Length + 2)..];
    }

    public static float[] Floats(DataTensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Items(0, tensor.Count)).ToArray();

    public static long[] Longs(DataTensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.Items(0, tensor.Count)).ToArray();

    private DataOptions Data(CsvOptions? options, DataOptions? data = null) => (data ?? new DataOptions { Validation = 0 }) with { Dataset = "csv", Csv = options ?? Options };
}
