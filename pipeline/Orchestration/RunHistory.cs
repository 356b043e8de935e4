using System.Text.Json;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>The records of all runs: "runs/ID/run.json" below the artifacts folder. IDs begin with the time, so their order is the runs'.</summary>
internal sealed class RunHistory(string artifacts)
{
    public const string FileName = "run.json";

    /// <summary>What stands for the ID of the last run.</summary>
    public const string LatestName = DatedFolders.LatestName;

    /// <summary>The characters of an ID before the recipe's name, for example "20250301-120000-".</summary>
    private const int TimeLength = 16;

    private readonly string _folder = Path.Combine(artifacts, "runs");
    private readonly DatedFolders _folders = new(Path.Combine(artifacts, "runs"), "run", FileName);

    /// <summary>Every readable record, latest first, read as they are asked for.</summary>
    public IEnumerable<RunRecord> Runs => Ids.Select(TryRead).OfType<RunRecord>();

    private IEnumerable<string> Ids => _folders.Ids;

    /// <summary>The IDs of a recipe's runs as they are now, latest first; those of a recipe whose name begins so may be among them.</summary>
    public IReadOnlyList<string> IdsOf(string recipe) => [.. Ids.Where(id => id.Length > TimeLength && id.AsSpan(TimeLength).StartsWith(recipe, StringComparison.Ordinal))];

    /// <summary>What the latest of some runs that got through a stage of a recipe recorded of it; null if none did.</summary>
    /// <param name="ids">The runs, latest first.</param>
    /// <param name="recipe">The recipe's name.</param>
    /// <param name="stage">The stage's name.</param>
    public StageRecord? LastStage(IReadOnlyList<string> ids, string recipe, string stage) =>
        ids.Select(TryRead).OfType<RunRecord>().Where(r => r.Recipe == recipe).Select(r => r.Stages.FirstOrDefault(s => s.Name == stage)).FirstOrDefault(s => s is not null);

    /// <summary>Gives a new run its ID and writes its first record.</summary>
    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public RunRecord Begin(RunRecord record)
    {
        var named = record with { Id = _folders.Reserve(record.Started, record.Recipe) };
        Save(named);
        return named;
    }

    /// <summary>Whether a text can be a run's ID: the name of one folder.</summary>
    public static bool IsId(string text) => text.Length > 0 && text is not (LatestName or "." or "..") && !text.Any(c => char.IsControl(c) || "/\\:*?\"<>|".Contains(c));

    /// <summary>Takes in the record of a run that another machine made; one of this ID that is here already stays.</summary>
    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public void Add(RunRecord record)
    {
        if (_folders.TryReserve(record.Id)) Save(record);
    }

    /// <summary>Whether the record of a run is here.</summary>
    public bool Has(string id) => IsId(id) && TryRead(id) is not null;

    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public void Save(RunRecord record)
    {
        try
        {
            Durable.WriteAllText(FileOf(record.Id), JsonSerializer.Serialize(record, RunJson.Default.RunRecord) + "\n", flush: false);
        }
        catch (Exception exception) when (StoreException.Explain(exception, _folder) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>The run with this ID, the only one whose ID begins so, or for "latest" the last that finished and was the recipe's own.</summary>
    /// <exception cref="UsageException">There is none, or more than one.</exception>
    public RunRecord Find(string id)
    {
        if (id == LatestName) return Runs.FirstOrDefault(r => r is { Status: RunStatus.Finished, Aside: null }) ?? throw new UsageException($"No run has finished yet below '{_folder}'.");
        var found = _folders.Find(id);
        return TryRead(found) ?? throw new UsageException($"The record of run '{found}' does not read: {FileOf(found)}");
    }

    private RunRecord? TryRead(string id)
    {
        if (Durable.TryReadAllText(FileOf(id)) is not { } text) return null;
        try
        {
            return JsonSerializer.Deserialize(text, RunJson.Default.RunRecord);
        }
        catch (JsonException)
        {
            return null; // A record cut off by a crash, or of another version: it is no run to compare with.
        }
    }

    private string FileOf(string id) => Path.Combine(_folder, id, FileName);
}
