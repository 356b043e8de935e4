using System.Globalization;

namespace OnnxPipeline.Models.Metadata;

/// <summary>Reads dates as tables have them, and the numbers that a model is given of them; the same in training and in use.</summary>
public static class TableDate
{
    /// <summary>Reads a date, with or without a time of day. An offset from UTC is read and left aside: the time counts as it is written.</summary>
    /// <param name="text">Without blanks around it.</param>
    /// <param name="format">As .NET writes it, in the invariant culture; null for ISO 8601: yyyy-MM-dd, then T or a blank and HH:mm[:ss[.fff]], then Z or an offset.</param>
    /// <param name="date">What was read.</param>
    public static bool TryRead(ReadOnlySpan<char> text, string? format, out DateTime date)
    {
        if (format is null) return TryReadIso(text, out date);
        var read = DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment);
        date = moment.DateTime;
        return read;
    }

    public static float Part(DateTime date, DatePart part) => part switch
    {
        DatePart.Year => date.Year,
        DatePart.Month => date.Month,
        DatePart.Day => date.Day,
        DatePart.Weekday => ((int)date.DayOfWeek + 6) % 7,
        DatePart.Hour => (float)date.TimeOfDay.TotalHours,
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, $"expected one of {string.Join(", ", Enum.GetNames<DatePart>())}"),
    };

    private static bool TryReadIso(ReadOnlySpan<char> text, out DateTime date)
    {
        date = default;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return false;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateTime(year, month, day);
        return text.Length == 10 || (text[10] is 'T' or 't' or ' ' && TryAddTime(text[11..], ref date));
    }

    private static bool TryAddTime(ReadOnlySpan<char> text, ref DateTime date)
    {
        if (text.Length < 5 || text[2] != ':' || !Digits(text[..2], out var hour) || !Digits(text[3..5], out var minute) || hour > 23 || minute > 59) return false;
        var time = new TimeSpan(hour, minute, 0);
        text = text[5..];
        if (text is [':', ..])
        {
            if (text.Length < 3 || !Digits(text[1..3], out var second) || second > 59) return false;
            time += TimeSpan.FromSeconds(second);
            text = text[3..];
            if (text is ['.' or ',', ..])
            {
                var end = text[1..].IndexOfAnyExceptInRange('0', '9') is var at && at < 0 ? text.Length : at + 1;
                if (end == 1) return false;
                time += TimeSpan.FromSeconds(double.Parse($"0.{text[1..end]}", CultureInfo.InvariantCulture));
                text = text[end..];
            }
        }
        date += time;
        return IsOffset(text);
    }

    private static bool IsOffset(ReadOnlySpan<char> text) => text switch
    {
        [] or ['Z' or 'z'] => true,
        ['+' or '-', _, _, ':', _, _] => Digits(text[1..3], out _) && Digits(text[4..], out _),
        ['+' or '-', _, _, _, _] or ['+' or '-', _, _] => Digits(text[1..], out _),
        _ => false,
    };

    private static bool Digits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = (value * 10) + (c - '0');
        }
        return true;
    }
}
