namespace OnnxPipeline.Datasets.Tables;

/// <summary>The formats that dates are looked for in: ISO 8601, for which null stands, and some that are common. A day or month may have one digit or two.</summary>
internal static class DateFormats
{
    private static readonly string[] Days = ["yyyy/M/d", "d/M/yyyy", "M/d/yyyy", "d.M.yyyy", "d-M-yyyy"];

    public static IReadOnlyList<string?> All { get; } = [null, .. Days, .. Days.Select(day => day + " H:mm"), .. Days.Select(day => day + " H:mm:ss")];
}
