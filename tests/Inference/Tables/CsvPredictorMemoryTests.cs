using System.Text;
using OnnxPipeline.Inference.Tables;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests.Tables;

/// <summary>Alone in its collection, since what other tests hold meanwhile would count.</summary>
[CollectionDefinition(nameof(CsvPredictorMemoryTests), DisableParallelization = true)]
[Collection(nameof(CsvPredictorMemoryTests))]
public sealed class CsvPredictorMemoryTests
{
    [Fact]
    public void Memory_does_not_grow_with_the_rows()
    {
        using var model = TablePredictor.Open(TestTables.Model(regression: true));
        var row = Encoding.UTF8.GetBytes("10,red,no,2000-01-01\n");
        long Peak(int rows)
        {
            using var stream = new RepeatedStream(Encoding.UTF8.GetBytes("age,colour,member,since\n"), row, rows);
            long peak = 0;
            var count = 0;
            foreach (var _ in new CsvPredictor(model, 256).Predict(stream, "rows"))
            {
                if (++count % 5000 == 0) peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            }
            Assert.Equal(rows, count);
            return peak;
        }

        var little = Peak(10_000);
        Assert.InRange(Peak(60_000) - little, long.MinValue, 1 << 20);
    }

    /// <summary>A header, and one row again and again.</summary>
    private sealed class RepeatedStream(byte[] header, byte[] row, int rows) : Stream
    {
        private readonly long _length = header.Length + ((long)row.Length * rows);
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _length - _position);
            for (var i = 0; i < read; i++, _position++)
                buffer[offset + i] = _position < header.Length ? header[_position] : row[(_position - header.Length) % row.Length];
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
