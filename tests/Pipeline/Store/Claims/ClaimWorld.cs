using System.Collections.Immutable;

namespace OnnxPipeline.Pipeline.Tests.Store.Claims;

/// <summary>A file of the modelled folder. A writer that opened it goes on writing into this very file, even when its name is another's by then.</summary>
internal sealed record ModelFile(int Maker, string Text);

/// <summary>Where one of those who want the claim is.</summary>
/// <param name="Answers">What its steps since it last began were told. They alone decide where it is: its code is run anew on them.</param>
/// <param name="Wins">How often it has had the claim.</param>
/// <param name="Holds">Whether it believes to have the claim.</param>
/// <param name="Overdue">Whether it was stopped for longer than a lease since it last began.</param>
/// <param name="Dead">Whether it was killed.</param>
internal sealed record ModelActor(ImmutableArray<object?> Answers, int Wins, bool Holds, bool Overdue, bool Dead)
{
    public static ModelActor New { get; } = new([], 0, false, false, false);

    /// <summary>Equal for actors that do the same next.</summary>
    public string Place { get; private init; } = "";

    public ModelActor Told(object? answer) => this with { Answers = Answers.Add(answer), Place = $"{Place},{(answer is int[] numbers ? $"[{string.Join(' ', numbers)}]" : answer ?? "null")}" };

    public ModelActor Restarted() => this with { Answers = [], Place = "", Overdue = false };
}

/// <summary>All there is between two steps.</summary>
/// <param name="Files">The claim's folder.</param>
/// <param name="Actors">Who wants it.</param>
/// <param name="Stops">How often one may yet be stopped for longer than a lease.</param>
/// <param name="Kills">How many may yet be killed.</param>
internal sealed record ClaimWorld(ImmutableSortedDictionary<int, ModelFile> Files, ImmutableArray<ModelActor> Actors, int Stops, int Kills)
{
    public int Highest => Files.IsEmpty ? 0 : Files.Keys.Max();

    /// <summary>Equal for folders that look the same to a newcomer.</summary>
    public string FilesKey => string.Join(';', Files.Select(f => $"{f.Key} {f.Value.Maker} {f.Value.Text}"));

    /// <summary>Equal for worlds from which the same can happen.</summary>
    public string Key => $"{FilesKey}|{Stops}{Kills}|{string.Join('|', Actors.Select(a => $"{a.Wins}{a.Holds}{a.Overdue}{a.Dead}{a.Place}"))}";

    public ClaimWorld With(int actor, Func<ModelActor, ModelActor> change) => this with { Actors = Actors.SetItem(actor, change(Actors[actor])) };

    /// <summary>Writes over a file, if it is there and its maker is the one that is expected.</summary>
    public ClaimWorld Written(int number, int maker, string text) =>
        Files.TryGetValue(number, out var file) && file.Maker == maker ? this with { Files = Files.SetItem(number, file with { Text = text }) } : this;
}
