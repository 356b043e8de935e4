using System.Globalization;

namespace OnnxPipeline.Benchmarks.Load;

/// <summary>What a round of requests took, in seconds: all of it, the median and the 99th percentile of a request, and the client's own processor time.</summary>
internal sealed record LoadReport(double Seconds, double Median, double NinetyNinth, double ClientProcessor)
{
    public static LoadReport Parse(string line) =>
        line.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray() is [var seconds, var median, var ninetyNinth, var processor]
            ? new LoadReport(seconds, median, ninetyNinth, processor)
            : throw new FormatException($"The load client said '{line}'; expected four numbers.");

    /// <summary>A line that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seconds} {Median} {NinetyNinth} {ClientProcessor}");
}
