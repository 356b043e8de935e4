using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Tests.Store.Claims;

/// <summary>A step that is not taken yet: what it makes of the world, and what it tells who takes it.</summary>
internal sealed class PendingStep(Func<ClaimWorld, (ClaimWorld World, object? Answer)> take, bool restarts) : Exception
{
    /// <summary>Whether who takes it begins from the start again.</summary>
    public bool Restarts { get; } = restarts;

    public (ClaimWorld World, object? Answer) Take(ClaimWorld world) => take(world);
}

/// <summary>The real code of <see cref="ClaimFolder"/>, one step at a time: steps already taken are answered from memory, and the next one interrupts it.</summary>
internal sealed class SteppedActor(int self, ModelActor actor) : IClaimFiles
{
    private int _answered;

    /// <summary>What an actor does next.</summary>
    public static PendingStep Next(int self, ModelActor actor)
    {
        try
        {
            new SteppedActor(self, actor).Run();
        }
        catch (PendingStep step)
        {
            return step;
        }
        throw new InvalidOperationException("An actor ends with a step.");
    }

    /// <summary>Takes the claim, beats once and gives it back, as <see cref="Claim"/> does it.</summary>
    private void Run()
    {
        var folder = new ClaimFolder(this);
        var seen = folder.Look();
        var free = seen.Number == 0 || seen.Text.EndsWith("free", StringComparison.Ordinal) || Do<bool>(world => (world, IsSilent(world, seen)));
        var number = seen.Number + 1;
        if (free && folder.TryWin(number, Text("held")))
        {
            Do<object>(world => (world.With(self, a => a with { Holds = true, Wins = a.Wins + 1 }), null));
            var highest = folder.IsHighest(number);
            if (highest) folder.Write(number, Text("beat"));
            Do<object>(world => (world.With(self, a => a with { Holds = false }), null));
            if (highest) folder.Write(number, Text("free"));
        }
        throw new PendingStep(world => (world.With(self, a => a.Restarted()), null), restarts: true);
    }

    public IReadOnlyList<int> List() => Do<int[]>(world => (world, world.Files.Keys.ToArray()));

    public bool TryCreate(int number, string text)
    {
        var made = Do<bool>(world => world.Files.ContainsKey(number) ? (world, false) : (world with { Files = world.Files.Add(number, new ModelFile(self, "")) }, true));
        if (made) Do<object>(world => (world.Written(number, self, text), null));
        return made;
    }

    public string? Read(int number) => Do<string?>(world => (world, world.Files.GetValueOrDefault(number)?.Text));

    public void Overwrite(int number, string text) => Do<object>(world => (world.Files.TryGetValue(number, out var file) ? world.Written(number, file.Maker, text) : world, null));

    public void Delete(int number) => Do<object>(world => (world with { Files = world.Files.Remove(number) }, null));

    /// <summary>Whether one who waited for a lease has seen a claim unchanged for so long: its maker is stopped or dead.</summary>
    private static bool IsSilent(ClaimWorld world, ClaimSight seen) =>
        world.Files.TryGetValue(seen.Number, out var file) && file.Text == seen.Text && world.Actors[file.Maker] is { Overdue: true } or { Dead: true };

    private T Do<T>(Func<ClaimWorld, (ClaimWorld, object?)> step)
    {
        if (_answered == actor.Answers.Length) throw new PendingStep(step, restarts: false);
        return (T)actor.Answers[_answered++]!;
    }

    private string Text(string state) => $"{self} {state}";
}
