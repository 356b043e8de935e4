using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>An option that differs between two sets of options; null stands for one that is not there.</summary>
internal sealed record OptionDifference(string Path, string? Old, string? New)
{
    /// <summary>Differences in order of the options' paths. Lists are compared as a whole.</summary>
    public static IReadOnlyList<OptionDifference> Between(JsonElement old, JsonElement @new)
    {
        var before = Flatten(old);
        var after = Flatten(@new);
        return
        [
            .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
                .Select(path => new OptionDifference(path, before.GetValueOrDefault(path), after.GetValueOrDefault(path)))
                .Where(d => d.Old != d.New),
        ];
    }

    public override string ToString() =>
        Old is null ? $"option {Path} is new, with {New}"
        : New is null ? $"option {Path} is gone, was {Old}"
        : $"option {Path} changed from {Old} to {New}";

    private static Dictionary<string, string> Flatten(JsonElement options)
    {
        var leaves = new Dictionary<string, string>();
        Add(options, "");
        return leaves;

        void Add(JsonElement element, string path)
        {
            if (element.ValueKind != JsonValueKind.Object) leaves[path] = CanonicalJson.Of(element);
            else foreach (var member in element.EnumerateObject()) Add(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}");
        }
    }
}
