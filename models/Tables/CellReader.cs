using System.Globalization;
using System.Text;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Models.Tables;

/// <summary>Reads the fields of a table, UTF-8 without blanks around it, as what they may be; the same in training and in use.</summary>
public sealed class CellReader
{
    /// <summary>Longer texts are no number and no date that anyone writes.</summary>
    private const int MaxLength = 64;

    private static readonly byte[][] True = [.. new[] { "true", "yes", "y", "t", "on", "1" }.Select(Encoding.UTF8.GetBytes)];
    private static readonly byte[][] False = [.. new[] { "false", "no", "n", "f", "off", "0" }.Select(Encoding.UTF8.GetBytes)];

    private readonly byte[][] _missing;
    private readonly bool[] _missingStart = new bool[256];
    private readonly bool _missingEmpty;
    private readonly byte _decimal;
    private readonly byte? _thousands;

    public CellReader(TableFormat format)
    {
        _missing = [.. format.Missing.Where(word => word.Length > 0).Select(Encoding.UTF8.GetBytes)];
        _missingEmpty = format.Missing.Contains("");
        foreach (var word in _missing) _missingStart[word[0]] = true;
        _decimal = (byte)format.Decimal[0];
        _thousands = format.Thousands is { } mark ? (byte)mark[0] : null;
    }

    public bool IsMissing(ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty) return _missingEmpty;
        if (!_missingStart[field[0]]) return false;
        foreach (var word in _missing)
        {
            if (field.SequenceEqual(word)) return true;
        }
        return false;
    }

    /// <summary>A number that a 32-bit float holds; the words for infinity and for no number are none.</summary>
    public bool TryNumber(ReadOnlySpan<byte> field, out float number)
    {
        number = float.NaN;
        if (field.Length is 0 or > MaxLength || field[^1] > '9') return false;
        if (_decimal == '.' && _thousands is null) return TryPlain(field, out number);

        Span<byte> plain = stackalloc byte[MaxLength];
        var length = 0;
        var (groups, digits) = (0, 0);
        foreach (var c in field)
        {
            if (c == _thousands)
            {
                // Three digits a group, the first may have fewer; 1,23 is no number.
                if (digits is 0 or > 3 || (groups > 0 && digits != 3)) return false;
                (groups, digits) = (groups + 1, 0);
                continue;
            }
            if (c == _decimal)
            {
                if (groups > 0 && digits != 3) return false;
                (groups, digits) = (0, -MaxLength);
            }
            else if (c == '.') return false;
            else if (char.IsAsciiDigit((char)c)) digits++;
            plain[length++] = c == _decimal ? (byte)'.' : c;
        }
        return (groups == 0 || digits == 3) && TryPlain(plain[..length], out number);
    }

    public static bool TryBoolean(ReadOnlySpan<byte> field, out bool value)
    {
        value = IsOneOf(field, True);
        return value || IsOneOf(field, False);
    }

    public static bool TryDate(ReadOnlySpan<byte> field, string? format, out DateTime date)
    {
        date = default;
        if (field.Length is < 6 or > MaxLength) return false;
        Span<char> text = stackalloc char[MaxLength];
        return Encoding.UTF8.TryGetChars(field, text, out var length) && TableDate.TryRead(text[..length], format, out date);
    }

    /// <summary>What a model is given for a field: as many numbers as the column has <see cref="TableColumn.Numbers"/>, all NaN for a missing value. A category gives none.</summary>
    /// <returns>False where the field is not of the column's kind.</returns>
    public bool TryNumbers(TableColumn column, ReadOnlySpan<byte> field, Span<float> into)
    {
        if (IsMissing(field))
        {
            into.Fill(float.NaN);
            return true;
        }
        switch (column.Kind)
        {
            case ColumnKind.Number:
                return TryNumber(field, out into[0]);
            case ColumnKind.Boolean:
                if (!TryBoolean(field, out var flag)) return false;
                into[0] = flag ? 1 : 0;
                return true;
            case ColumnKind.Date:
                if (!TryDate(field, column.Format, out var date)) return false;
                for (var i = 0; i < into.Length; i++) into[i] = TableDate.Part(date, column.Parts[i]);
                return true;
            default:
                return true;
        }
    }

    private static bool TryPlain(ReadOnlySpan<byte> field, out float number)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (float.TryParse(field, Styles, CultureInfo.InvariantCulture, out number) && float.IsFinite(number)) return true;
        number = float.NaN;
        return false;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> field, byte[][] words)
    {
        foreach (var word in words)
        {
            if (Ascii.EqualsIgnoreCase(field, word)) return true;
        }
        return false;
    }
}
