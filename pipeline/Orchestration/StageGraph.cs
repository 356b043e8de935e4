using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Puts stages in an order in which every one comes after its inputs.</summary>
internal static class StageGraph
{
    /// <summary>All stages, or those that <paramref name="until"/> needs and itself; otherwise in the order given.</summary>
    /// <exception cref="UsageException"><paramref name="until"/> is no stage.</exception>
    /// <exception cref="InvalidOperationException">Two stages of one name, an input that no stage makes, a cycle, or one name shown twice.</exception>
    public static IReadOnlyList<IStage> Order(IReadOnlyList<IStage> stages, string? until = null)
    {
        if (stages.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new InvalidOperationException($"Two stages are called '{twice.Key}'.");
        if (stages.SelectMany(s => s.Shown).GroupBy(f => f.As).FirstOrDefault(g => g.Count() > 1) is { } shown) throw new InvalidOperationException($"Two stages show a file as '{shown.Key}'.");
        var byName = stages.ToDictionary(s => s.Name);
        var order = new List<IStage>();
        var open = new List<string>();
        foreach (var stage in until is null ? stages : [Find(stages, until, "--until")]) Visit(stage);
        return order;

        void Visit(IStage stage)
        {
            if (order.Contains(stage)) return;
            if (open.Contains(stage.Name)) throw new InvalidOperationException($"The stages depend on each other in a circle: {string.Join(" → ", open.SkipWhile(n => n != stage.Name))} → {stage.Name}.");
            open.Add(stage.Name);
            foreach (var input in stage.Inputs)
                Visit(byName.TryGetValue(input, out var upstream) ? upstream : throw new InvalidOperationException($"Stage '{stage.Name}' reads '{input}', which no stage makes; stages: {string.Join(", ", byName.Keys)}."));
            open.RemoveAt(open.Count - 1);
            order.Add(stage);
        }
    }

    /// <exception cref="UsageException">No stage has this name.</exception>
    public static IStage Find(IReadOnlyList<IStage> stages, string name, string option) =>
        stages.FirstOrDefault(s => s.Name == name) ?? throw new UsageException($"{option} {name}: no such stage in this run.{Names.Suggest(name, stages.Select(s => s.Name))}");
}
