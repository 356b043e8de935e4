namespace OnnxPipeline.Pipeline.Store.Claims;

/// <summary>The highest claim of a folder.</summary>
/// <param name="Number">From 1; 0 if there is none.</param>
/// <param name="Text">What its file holds.</param>
internal readonly record struct ClaimSight(int Number, string Text)
{
    public ClaimRecord? Record { get; } = Number == 0 ? null : ClaimRecord.Parse(Text);
}

/// <summary>
/// Who of many has a claim, told by numbered files: the highest number alone counts. It is free when its file says so, when its
/// owner is known to be gone, or when its text has not changed for a lease; then whoever makes the next number takes it over.
/// <para>
/// Why at most one that is not overdue has it: (1) The highest file is never deleted, for an owner deletes only lower ones, after its
/// own was made, and a taker withdraws its own only when it sees a higher one. (2) So a number can be made a second time only
/// after a higher one was there to stay; the taker lists the folder after making its file, sees that one, and withdraws. Hence a
/// number is won once, by one. (3) Winning N + 1 needs N to be seen free. "Free" is never unsaid and the dead stay dead; so an
/// owner of N that is still at work was silent for a whole lease, perhaps stopped between making its file and writing into it. Woken,
/// it finds N + 1 at its next beat, or before, if it had yet to see whether it won. (4) A crash at any step leaves a highest file that
/// is free, of one who is gone, or silent, so someone can always go on.
/// </para>
/// </summary>
internal sealed class ClaimFolder(IClaimFiles files)
{
    /// <summary>The claim that counts at this moment.</summary>
    public ClaimSight Look()
    {
        while (true)
        {
            var highest = Highest(files.List());
            if (highest == 0) return default;
            if (files.Read(highest) is { } text) return new ClaimSight(highest, text);
        }
    }

    /// <summary>Takes over from a claim that is free; false if another was quicker.</summary>
    /// <param name="number">The next number after the free claim's.</param>
    /// <param name="text">What the new claim's file is to hold.</param>
    public bool TryWin(int number, string text)
    {
        if (!files.TryCreate(number, text)) return false;
        var listed = files.List();
        if (Highest(listed) != number)
        {
            files.Delete(number);
            return false;
        }
        foreach (var lower in listed.Where(n => n < number)) files.Delete(lower);
        return true;
    }

    /// <summary>Writes a new text for a claim that was won, whoever may have taken over since.</summary>
    public void Write(int number, string text) => files.Overwrite(number, text);

    /// <summary>Whether a claim that was won still is the highest.</summary>
    public bool IsHighest(int number) => Highest(files.List()) == number;

    private static int Highest(IReadOnlyList<int> numbers) => numbers.Count == 0 ? 0 : numbers.Max();
}
