using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>
/// The one JSON text of a value: keys sorted by code unit, no white space, every default written out, numbers in their
/// shortest form that reads back the same, choices with their name. Equal options give equal bytes, so it can be hashed.
/// In the spirit of RFC 8785 (JSON Canonicalization Scheme). Being JSON it is YAML too, and reads back as a recipe.
/// </summary>
internal static class CanonicalJson
{
    /// <exception cref="ArgumentException">A number is not finite, or a value is of a kind that options do not have.</exception>
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    /// <summary>SHA-256 of the canonical text in UTF-8, in lower-case hexadecimal.</summary>
    public static string Hash(object? value) => Convert.ToHexStringLower(SHA256.HashData(new UTF8Encoding(false, true).GetBytes(Of(value))));

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null: text.Append("null"); break;
            case bool flag: text.Append(flag ? "true" : "false"); break;
            case string s: WriteString(text, s); break;
            case Enum e: WriteString(text, Names.Enum(e)); break;
            case int or long or uint or ulong or short or ushort or byte or sbyte: text.Append(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)); break;
            case float f: WriteDouble(text, f, f.ToString("R", CultureInfo.InvariantCulture)); break;
            case double d: WriteDouble(text, d, d.ToString("R", CultureInfo.InvariantCulture)); break;
            case JsonElement element: WriteElement(text, element); break;
            case Recipe { Function: not null } recipe: Write(text, recipe.Written); break;
            case IDictionary map: WriteObject(text, map.Keys.Cast<object>().Select(k => (k.ToString()!, map[k]))); break;
            case IEnumerable list: WriteList(text, list); break;
            default: WriteObject(text, Members(value)); break;
        }
    }

    private static void WriteDouble(StringBuilder text, double value, string shortest)
    {
        if (!double.IsFinite(value)) throw new ArgumentException($"{shortest} has no canonical JSON form; options must be finite numbers.");
        text.Append(value == 0 ? "0" : shortest);
    }

    private static void WriteElement(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(text, element.EnumerateObject().Select(p => (p.Name, (object?)p.Value))); break;
            case JsonValueKind.Array: WriteList(text, element.EnumerateArray()); break;
            case JsonValueKind.String: WriteString(text, element.GetString()!); break;
            case JsonValueKind.Number when element.TryGetInt64(out var number): Write(text, number); break;
            case JsonValueKind.Number when element.TryGetUInt64(out var number): Write(text, number); break;
            case JsonValueKind.Number: Write(text, element.GetDouble()); break;
            case JsonValueKind.True or JsonValueKind.False: Write(text, element.GetBoolean()); break;
            default: text.Append("null"); break;
        }
    }

    private static void WriteObject(StringBuilder text, IEnumerable<(string Key, object? Value)> members)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, member) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (!first) text.Append(',');
            first = false;
            WriteString(text, key);
            text.Append(':');
            Write(text, member);
        }
        text.Append('}');
    }

    private static void WriteList(StringBuilder text, IEnumerable list)
    {
        text.Append('[');
        var first = true;
        foreach (var item in list)
        {
            if (!first) text.Append(',');
            first = false;
            Write(text, item);
        }
        text.Append(']');
    }

    private static IEnumerable<(string Key, object? Value)> Members(object record)
    {
        var type = record.GetType();
        if (!type.IsClass) throw new ArgumentException($"A value of type {type} has no canonical JSON form; options are records of numbers, strings, booleans, enums, lists and records.");
        if (Unions.CaseName(type) is { } name) yield return (Union.Key, name);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            if (property.GetIndexParameters().Length == 0) yield return (Names.Key(property.Name), property.GetValue(record));
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (c < ' ') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else text.Append(c);
        }
        text.Append('"');
    }
}
