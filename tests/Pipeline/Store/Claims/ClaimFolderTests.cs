using System.Collections.Immutable;
using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Tests.Store.Claims;

/// <summary>Every order in which the steps of a few that want one claim can follow each other, stops and kills at every step included.</summary>
public sealed class ClaimFolderTests
{
    private readonly Dictionary<(int Actor, string Place), PendingStep> _steps = [];

    [Theory]
    [InlineData(2, 2, 1, 1)]
    [InlineData(3, 1, 1, 0)]
    [InlineData(3, 1, 0, 1)]
    public void In_no_order_of_steps_two_have_it_and_after_any_step_someone_can_get_it(int actors, int wins, int stops, int kills)
    {
        var start = new ClaimWorld(ImmutableSortedDictionary<int, ModelFile>.Empty, [.. Enumerable.Repeat(ModelActor.New, actors)], stops, kills);
        var known = new HashSet<string> { start.Key };
        var folders = new HashSet<string>();
        var open = new Stack<ClaimWorld>([start]);
        var (handovers, revenants) = (0, 0);
        while (open.TryPop(out var world))
        {
            if (folders.Add(world.FilesKey)) Assert.True(NewcomerWins(world), $"nobody can go on from {world.Key}");
            foreach (var next in Successors(world, wins))
            {
                Assert.True(next.Actors.Count(a => a is { Holds: true, Overdue: false, Dead: false }) <= 1, $"two have it: {world.Key} -> {next.Key}");
                Assert.True(next.Highest >= world.Highest, $"the highest number went down: {world.Key} -> {next.Key}");
                if (next.Actors.Count(a => a is { Holds: true, Dead: false }) == 2) revenants++;
                if (next.Actors.Sum(a => a.Wins) > 1) handovers++;
                if (known.Add(next.Key)) open.Push(next);
            }
        }
        // The interesting worlds were among them.
        Assert.True(handovers > 0);
        Assert.Equal(stops > 0, revenants > 0);
    }

    private IEnumerable<ClaimWorld> Successors(ClaimWorld world, int wins)
    {
        for (var i = 0; i < world.Actors.Length; i++)
        {
            if (world.Actors[i].Dead || Next(world, i, wins) is not { } step) continue;
            yield return Take(world, i, step);
            if (world.Kills > 0) yield return world.With(i, a => a with { Dead = true }) with { Kills = world.Kills - 1 };
            if (world.Stops > 0 && !world.Actors[i].Overdue) yield return world.With(i, a => a with { Overdue = true }) with { Stops = world.Stops - 1 };
        }
    }

    /// <summary>What an actor does next; null when it has had the claim as often as it wants.</summary>
    private PendingStep? Next(ClaimWorld world, int self, int wins)
    {
        var actor = world.Actors[self];
        if (actor.Place.Length == 0 && actor.Wins == wins) return null;
        if (!_steps.TryGetValue((self, actor.Place), out var step)) _steps.Add((self, actor.Place), step = SteppedActor.Next(self, actor));
        return step;
    }

    private static ClaimWorld Take(ClaimWorld world, int actor, PendingStep step)
    {
        var (next, answer) = step.Take(world);
        return step.Restarts ? next : next.With(actor, a => a.Told(answer));
    }

    /// <summary>Whether one who comes after all others were killed gets the claim.</summary>
    private bool NewcomerWins(ClaimWorld world)
    {
        var newcomer = world.Actors.Length;
        world = world with { Actors = [.. world.Actors.Select(a => a with { Dead = true }), ModelActor.New] };
        for (var steps = 0; steps < 20 + 2 * world.Files.Count; steps++)
        {
            if (Next(world, newcomer, wins: 1) is not { } step) return true;
            world = Take(world, newcomer, step);
        }
        return false;
    }
}
