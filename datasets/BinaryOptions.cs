namespace OnnxPipeline.Datasets;

/// <summary>Makes two classes of many: those named here, and the rest.</summary>
public sealed record BinaryOptions
{
    /// <summary>The classes, by name, that become the second one, index 1.</summary>
    public required IReadOnlyList<string> Positive { get; init; }

    /// <summary>What the two are called: first the rest, then the positive ones.</summary>
    public IReadOnlyList<string> Names { get; init; } = ["no", "yes"];

    /// <summary>Every fault of these options by themselves; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Positive.Count == 0) faults.Add("binary.positive is empty; expected the names of one class or more.");
        foreach (var name in Positive.GroupBy(n => n).Where(g => g.Count() > 1)) faults.Add($"binary.positive names '{name.Key}' {name.Count()} times; expected once.");
        if (Names.Count != 2 || Names[0] == Names[1] || Names.Any(string.IsNullOrWhiteSpace)) faults.Add($"binary.names is [{string.Join(", ", Names)}]; expected two different names, first that of the classes not in positive.");
        return faults;
    }
}
