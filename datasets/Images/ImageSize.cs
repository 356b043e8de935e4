using System.Globalization;

namespace OnnxPipeline.Datasets.Images;

/// <summary>Rows and columns of an image.</summary>
internal readonly record struct ImageSize(int Height, int Width)
{
    private const int MaxSide = 9999;

    /// <summary>Reads "height x width", as in "32x48"; false for anything else.</summary>
    public static bool TryParse(string text, out ImageSize size)
    {
        size = default;
        if (text.Split('x') is not [var height, var width] || !TrySide(height, out var rows) || !TrySide(width, out var columns)) return false;
        size = new ImageSize(rows, columns);
        return true;
    }

    public override string ToString() => $"{Height}x{Width}";

    private static bool TrySide(string text, out int side) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= 1 and <= MaxSide;
}
