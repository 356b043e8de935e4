using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace OnnxPipeline.Pipeline.Recipes.Binding;

/// <summary>One option of a record: its key in a recipe, and what it takes.</summary>
internal sealed record Option(string Key, PropertyInfo Property, Type Type, bool Nullable, bool Required);

/// <summary>The options of a record, base record's first, in the order they are declared.</summary>
internal sealed class RecordShape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> Known = new();

    private RecordShape(Type type)
    {
        var nullability = new NullabilityInfoContext();
        Options =
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0)
                .OrderBy(p => Depth(p.DeclaringType!))
                .ThenBy(p => p.MetadataToken)
                .Select(p => new Option(
                    Names.Key(p.Name),
                    p,
                    System.Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType,
                    nullability.Create(p).WriteState == NullabilityState.Nullable,
                    p.IsDefined(typeof(RequiredMemberAttribute)))),
        ];
    }

    public IReadOnlyList<Option> Options { get; }

    public static RecordShape Of(Type type) => Known.GetOrAdd(type, static t => new RecordShape(t));

    /// <summary>Whether a recipe writes this type as a mapping of options.</summary>
    public static bool IsRecord(Type type) => type.IsClass && type != typeof(string) && ElementOf(type) is null;

    /// <summary>The element type of a list; null for anything else.</summary>
    public static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>The type of what a mapping from names of one's own choice holds; null for anything else.</summary>
    public static Type? NamedOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GetGenericArguments()[1] : null;

    /// <summary>A record with every default in place; required options are still null.</summary>
    public static object Default(Type type) => Activator.CreateInstance(type)!;

    private static int Depth(Type type) => type.BaseType is null ? 0 : Depth(type.BaseType) + 1;
}
