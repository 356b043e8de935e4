namespace OnnxPipeline.Datasets.Tests.Tables;

public sealed class CsvMemoryTests
{
    [Fact]
    public void What_is_allocated_does_not_grow_with_the_rows()
    {
        var (few, many) = (Allocated(20_000), Allocated(200_000));
        Assert.True(many < few + (1 << 20), $"20,000 rows: {few:N0} bytes; 200,000 rows: {many:N0} bytes");
    }

    private static long Allocated(int rows)
    {
        using var folder = new CsvFolder();
        using (var writer = new StreamWriter(folder.Csv))
        {
            writer.WriteLine("a,b,c,d,y");
            for (var i = 0; i < rows; i++) writer.WriteLine($"{i * 0.25},word{i * 31 % 97},{(i % 3 == 0 ? "yes" : "no")},2020-01-{1 + (i % 28):00},class{i % 5}");
        }
        folder.Build(data: new DataOptions { Validation = 0.1 }).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        folder.Build(data: new DataOptions { Validation = 0.1 }).Dispose();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
