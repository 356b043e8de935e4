using System.Text.Json;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Pipeline.Recipes.Binding;

/// <summary>How C# names are written in a recipe, and which valid name a wrong one was probably meant to be.</summary>
internal static class Names
{
    /// <summary>Proper names that the rule would take apart.</summary>
    private static readonly Dictionary<string, string> Spelled = new() { ["PyTorch"] = "pytorch", ["NuGet"] = "nuget" };

    /// <summary>LearningRate → learningRate</summary>
    public static string Key(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);

    /// <summary>LeakyRelu → leaky-relu</summary>
    public static string Enum(object value) => Kebab(value.ToString()!);

    public static IReadOnlyList<string> EnumValues(Type type) => [.. System.Enum.GetNames(type).Select(Kebab)];

    private static string Kebab(string name) => Spelled.GetValueOrDefault(name) ?? JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    /// <summary>" Did you mean 'x'? Valid: a, b, x." with the question left out when nothing valid is near.</summary>
    public static string Suggest(string found, IEnumerable<string> valid)
    {
        var all = valid.ToArray();
        var list = all.Length == 0 ? "" : $" Valid: {string.Join(", ", all)}.";
        return Nearest(found, all) is { } near ? $" Did you mean '{near}'?{list}" : list;
    }

    /// <summary>The valid name that <paramref name="found"/> was probably meant to be; null when none is near.</summary>
    public static string? Nearest(string found, IEnumerable<string> valid) => NearestName.Of(found, valid);
}
