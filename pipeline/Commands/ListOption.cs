using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>Names as a command line has them: several with commas between, or one of a choice, as recipes write it.</summary>
internal static class ListOption
{
    /// <summary>Those between commas; empty for null.</summary>
    public static string[] Of(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <exception cref="UsageException">There is no such name; the valid ones are listed.</exception>
    public static T Chosen<T>(string? name, string kind, T unset) where T : struct, Enum
    {
        if (name is null) return unset;
        var valid = Names.EnumValues(typeof(T));
        return valid.Contains(name) ? Enum.GetValues<T>().First(value => Names.Enum(value) == name) : throw new UsageException($"There is no {kind} '{name}'.{Names.Suggest(name, valid)}");
    }

    /// <summary>The valid names, for help.</summary>
    public static string Valid<T>() where T : struct, Enum => string.Join(", ", Names.EnumValues(typeof(T)));
}
