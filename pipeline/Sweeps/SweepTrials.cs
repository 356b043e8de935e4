using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Yaml;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>Collects a sweep's trials: each bound once to find what is wrong with it, and two that would make the same run taken for one.</summary>
internal sealed class SweepTrials(RecipeDocument document, SweepSection section)
{
    private readonly HashSet<RecipeError> _errors = [];
    private readonly HashSet<string> _known = [];
    private readonly List<SweepPoint> _points = [];
    private readonly List<string> _hashes = [];

    public IReadOnlyList<SweepPoint> Points => _points;

    /// <summary>By point: the hash of what decides its result.</summary>
    public IReadOnlyList<string> Hashes => _hashes;

    public int Duplicates { get; private set; }

    /// <summary>The first trial's recipe; null while there is none.</summary>
    public Recipe? First { get; private set; }

    public void Add(IReadOnlyList<YamlValue> values)
    {
        if (Bind(values) is not { } recipe) return;
        First ??= recipe;
        var hash = CanonicalJson.Hash(DecidingOptions.Of(recipe));
        if (!_known.Add(hash))
        {
            Duplicates++;
            return;
        }
        var before = _points.Count * section.Options.Repeat;
        _hashes.Add(hash);
        _points.Add(new SweepPoint(values, [.. Enumerable.Range(0, section.Options.Repeat).Select(i => new SweepTrial(before + i + 1, recipe.Seed + (ulong)i))]));
    }

    /// <summary>Checks every trial with one more value put in.</summary>
    public void CheckAt((string Path, YamlValue Value) more)
    {
        foreach (var point in _points) Bind(point.Values, more);
    }

    /// <exception cref="RecipeException">A trial is no valid recipe.</exception>
    public void ThrowIfInvalid()
    {
        if (_errors.Count > 0) throw new RecipeException([.. _errors]);
    }

    private Recipe? Bind(IReadOnlyList<YamlValue> values, params (string, YamlValue)[] more)
    {
        try
        {
            return document.Bind([.. section.Parameters.Zip(values, (parameter, value) => (parameter.Path, value)), .. more]);
        }
        catch (RecipeException exception)
        {
            _errors.UnionWith(exception.Errors);
            return null;
        }
    }
}
