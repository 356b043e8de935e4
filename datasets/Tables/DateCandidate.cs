namespace OnnxPipeline.Datasets.Tables;

/// <summary>A format that all dates of a column have had so far, and what they were when read by it.</summary>
/// <param name="format">Null for ISO 8601.</param>
internal sealed class DateCandidate(string? format)
{
    public string? Format => format;

    /// <summary>For people.</summary>
    public string Name => format ?? "ISO 8601";

    /// <summary>The first and the last date of the training part.</summary>
    public DateTime Min { get; private set; } = DateTime.MaxValue;

    public DateTime Max { get; private set; } = DateTime.MinValue;

    /// <summary>Whether a date has a time of day.</summary>
    public bool HasTime { get; private set; }

    public void Add(DateTime date, bool training)
    {
        HasTime |= date.TimeOfDay != TimeSpan.Zero;
        if (!training) return;
        if (date < Min) Min = date;
        if (date > Max) Max = date;
    }
}
