using System.Globalization;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>Every trial of a sweep, each known to be a valid recipe, before any of them runs.</summary>
internal sealed class SweepPlan
{
    /// <summary>More trials than this are asked about first.</summary>
    public const int MaxUnasked = 1000;

    private const string EpochsPath = "train.epochs";
    private readonly RecipeDocument _document;
    private readonly SweepSection _section;

    private SweepPlan(RecipeDocument document, SweepSection section)
    {
        _document = document;
        _section = section;
    }

    /// <summary>For example "digits-3f2a9c81d0e4": it follows from the trials, so that the same sweep has the same folder.</summary>
    public required string Id { get; init; }

    /// <summary>The recipe's name.</summary>
    public required string Recipe { get; init; }

    public required IReadOnlyList<SweepPoint> Points { get; init; }

    /// <summary>Combinations that would have made the same run as an earlier one, and were left out.</summary>
    public required int Duplicates { get; init; }

    /// <summary>One for all trials where nothing is halved; its epochs are then the recipe's.</summary>
    public required IReadOnlyList<HalvingRung> Rungs { get; init; }

    public SweepOptions Options => _section.Options;

    /// <summary>What trials differ in.</summary>
    public IEnumerable<string> Varied => _section.Parameters.Where(p => p.Varies).Select(p => p.Path);

    /// <summary>Runs in all, those of every rung and seed.</summary>
    public int Runs => Rungs.Sum(r => r.Trials) * Options.Repeat;

    /// <summary>Works out the trials and holds every one of them against the recipe's rules.</summary>
    /// <param name="document">The recipe.</param>
    /// <param name="section">What varies, and how.</param>
    /// <param name="anySize">Whether there may be more than <see cref="MaxUnasked"/> trials.</param>
    /// <exception cref="RecipeException">A trial would be no valid recipe; it lists all that is wrong with any of them.</exception>
    /// <exception cref="UsageException">The sweep makes no sense, or is too large to start unasked.</exception>
    public static SweepPlan Create(RecipeDocument document, SweepSection section, bool anySize)
    {
        CheckSection(section);
        CheckSize(section, anySize);
        var space = new SweepSpace(section.Parameters);
        var combinations = section.Options.Random is { } draws ? space.Draw(draws, SeedOf(document, section)) : space.Grid();
        var trials = new SweepTrials(document, section);
        foreach (var values in combinations) trials.Add(values);
        trials.ThrowIfInvalid();

        var first = trials.First!;
        IReadOnlyList<HalvingRung> rungs = section.Options.Halving is { } halving
            ? HalvingRungs.Of(trials.Points.Count, first.Train.Epochs, halving)
            : [new HalvingRung(trials.Points.Count, first.Train.Epochs)];
        foreach (var rung in rungs.SkipLast(1)) trials.CheckAt(Budget(rung.Epochs));
        trials.ThrowIfInvalid();
        return new SweepPlan(document, section)
        {
            Id = $"{first.Name}-{CanonicalJson.Hash(new { trials.Hashes, section.Options })[..12]}",
            Recipe = first.Name,
            Points = trials.Points,
            Duplicates = trials.Duplicates,
            Rungs = rungs,
        };
    }

    /// <summary>The changes that make the recipe a trial's, each as "path=value".</summary>
    public IEnumerable<string> SetsOf(SweepPoint point) => _section.Parameters.Zip(point.Values, (parameter, value) => $"{parameter.Path}={YamlText.Of(value)}");

    /// <summary>The values that a trial differs by from others.</summary>
    public IReadOnlyDictionary<string, string> ValuesOf(SweepPoint point) =>
        _section.Parameters.Zip(point.Values).Where(p => p.First.Varies).ToDictionary(p => p.First.Path, p => YamlText.Of(p.Second));

    /// <summary>The recipe of a trial on a rung.</summary>
    public Recipe RecipeOf(SweepPoint point, SweepTrial trial, HalvingRung rung)
    {
        var values = _section.Parameters.Zip(point.Values, (parameter, value) => (parameter.Path, value));
        if (Options.Halving is not null) values = values.Append(Budget(rung.Epochs));
        return _document.Bind(values) with { Seed = trial.Seed };
    }

    private static (string Path, YamlValue Value) Budget(int epochs) =>
        (EpochsPath, new YamlScalar($"a rung of {epochs} epochs", epochs.ToString(CultureInfo.InvariantCulture), Plain: true));

    private static void CheckSection(SweepSection section)
    {
        var errors = new List<RecipeError>();
        foreach (var parameter in section.Parameters)
        {
            if (parameter.Range is not null && section.Options.Random is null) errors.Add(new RecipeError(parameter.Where, parameter.Path, "values are drawn from a range, so say how many: add --random N; or list the values."));
            if (parameter.Varies && parameter.Path == EpochsPath && section.Options.Halving is not null) errors.Add(new RecipeError(parameter.Where, parameter.Path, "successive halving itself decides the epochs; give one number, the epochs of the last rung."));
            if (parameter.Varies && parameter.Path == "seed" && section.Options.Repeat > 1) errors.Add(new RecipeError(parameter.Where, parameter.Path, "repeating a trial varies the seed already; leave one of the two out."));
        }
        if (errors.Count > 0) throw new RecipeException(errors);
        if (!section.Parameters.Any(p => p.Varies) && section.Options.Repeat == 1)
            throw new UsageException("There is nothing to sweep: give an option several values, as in --set train.batchSize=32,64,128, or put a section 'sweep' into the recipe.");
        if (section.Options.Metric is { } metric) _ = SweepMetric.Of(metric, section.Options.Minimize);
    }

    private static void CheckSize(SweepSection section, bool anySize)
    {
        var points = section.Options.Random ?? new SweepSpace(section.Parameters).GridSize;
        var trials = points * section.Options.Repeat;
        var factors = section.Options.Random is null ? section.Parameters.Where(p => p.Varies).Select(p => $"{p.Values.Count} of {p.Path}") : [$"{points} drawn"];
        if (section.Options.Repeat > 1) factors = factors.Append($"{section.Options.Repeat} seeds");
        var count = $"{trials.ToString("N0", CultureInfo.InvariantCulture)} trials ({string.Join(" × ", factors)})";
        if (trials > int.MaxValue) throw new UsageException($"This sweep has {count}, more than can ever be run. Draw some of them with --random N.");
        if (trials > MaxUnasked && !anySize) throw new UsageException($"This sweep has {count}. If that is what you want, add --yes; --random N draws N of them instead.");
    }

    private static ulong SeedOf(RecipeDocument document, SweepSection section) =>
        document.Bind(section.Parameters.Where(p => !p.Varies).Select(p => (p.Path, p.Values[0]))).Seed;
}
