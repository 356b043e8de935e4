namespace OnnxPipeline.Compression.Quantization.Calibration;

/// <summary>How often values of each size occur, in equal bins on both sides of zero out to a largest magnitude.</summary>
internal sealed class Histogram
{
    private readonly double _perBin;

    /// <param name="range">From the smallest to the largest value there will be.</param>
    /// <param name="binsPerSide">Bins on each side of zero.</param>
    public Histogram(ValueRange range, int binsPerSide)
    {
        Range = range;
        BinsPerSide = binsPerSide;
        Counts = new long[2 * binsPerSide];
        _perBin = range.LargestMagnitude / binsPerSide;
    }

    /// <summary>From the smallest to the largest value.</summary>
    public ValueRange Range { get; }

    public int BinsPerSide { get; }

    /// <summary>Counts from −largest to largest.</summary>
    public long[] Counts { get; }

    public double BinWidth => _perBin;

    /// <summary>The lower edge of a bin, or for one past the last its upper edge.</summary>
    public double Edge(int bin) => (bin - BinsPerSide) * _perBin;

    /// <summary>Counts values, all of them within the range.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            var bin = _perBin == 0 ? BinsPerSide : (int)Math.Floor(value / _perBin) + BinsPerSide;
            Counts[Math.Clamp(bin, 0, Counts.Length - 1)]++;
        }
    }

    /// <summary>Counts by magnitude, from zero outwards.</summary>
    public long[] Magnitudes()
    {
        var magnitudes = new long[BinsPerSide];
        for (var i = 0; i < BinsPerSide; i++) magnitudes[i] = Counts[BinsPerSide + i] + Counts[BinsPerSide - 1 - i];
        return magnitudes;
    }
}
