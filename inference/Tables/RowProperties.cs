using System.ComponentModel.DataAnnotations.Schema;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference.Tables;

/// <summary>Finds the property of a type that holds each column's values.</summary>
internal static class RowProperties
{
    private static readonly Type[] Integers = [typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong)];
    private static readonly Type[] Dates = [typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly)];

    /// <returns>A property a column, in the columns' order.</returns>
    /// <exception cref="RowException">A column has no property, or one whose type cannot hold its values; the message has all of them.</exception>
    public static IReadOnlyList<PropertyInfo> Match([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type, RowLayout layout)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetIndexParameters().Length == 0).ToArray();
        var found = new List<PropertyInfo>();
        var faults = new List<string>();
        foreach (var column in layout.Columns)
        {
            if (Find(properties, column.Name) is not { } property) faults.Add($"no property is named '{column.Name}' or has [Column(\"{column.Name}\")]");
            else if (!Holds(property.PropertyType, column.Kind)) faults.Add($"'{property.Name}' is a {property.PropertyType.Name}, but the column '{column.Name}' takes {Expected(column.Kind)}");
            else found.Add(property);
        }
        return faults.Count == 0 ? found : throw new RowException($"{type.Name} cannot be a row of this model: {string.Join("; ", faults)}.");
    }

    private static PropertyInfo? Find(PropertyInfo[] properties, string column) =>
        properties.FirstOrDefault(p => p.GetCustomAttribute<ColumnAttribute>()?.Name == column)
        ?? Named(column, StringComparison.Ordinal, properties) ?? Named(column, StringComparison.OrdinalIgnoreCase, properties);

    /// <summary>One that an attribute gives to another column is not meant by its own name.</summary>
    private static PropertyInfo? Named(string column, StringComparison comparison, PropertyInfo[] properties) =>
        properties.FirstOrDefault(p => p.Name.Equals(column, comparison) && p.GetCustomAttribute<ColumnAttribute>()?.Name is null);

    private static bool Holds(Type property, ColumnKind kind)
    {
        var type = Nullable.GetUnderlyingType(property) ?? property;
        return type == typeof(string) || kind switch
        {
            ColumnKind.Number => Integers.Contains(type) || type == typeof(float) || type == typeof(double) || type == typeof(decimal),
            ColumnKind.Boolean => type == typeof(bool),
            ColumnKind.Date => Dates.Contains(type),
            _ => type.IsEnum || type == typeof(char) || Integers.Contains(type),
        };
    }

    private static string Expected(ColumnKind kind) => kind switch
    {
        ColumnKind.Number => "an integer, a float, double or decimal, or a string",
        ColumnKind.Boolean => "a bool or a string",
        ColumnKind.Date => "a DateTime, DateTimeOffset or DateOnly, or a string",
        _ => "a string, a char, an enum or an integer",
    };
}
