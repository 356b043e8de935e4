using OnnxPipeline.Datasets.Artifacts;
using OnnxPipeline.Datasets.Splits;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>Writes a user's table as a dataset artifact, row by row, once it is known what it holds.</summary>
internal sealed class CsvArtifact
{
    private const int CheckCancelEvery = 4096;

    private static readonly RowPart[] Parts = Enum.GetValues<RowPart>();

    private readonly DatasetReading _reading;
    private readonly CsvOptions _options;
    private readonly CsvProfile _profile;
    private readonly TableSchema _schema;
    private readonly RowEncoder _encoder;
    private readonly IReadOnlyList<string> _labels;
    private readonly long[] _labelOf;
    private readonly SequentialDraw[]?[] _limits;

    public CsvArtifact(DatasetReading reading, CsvProfile profile, TableSchema schema)
    {
        (_reading, _options, _profile, _schema) = (reading, reading.Options.Csv!, profile, schema);
        _encoder = new RowEncoder(schema, new CellReader(_options.ToFormat()));
        (_labels, _labelOf) = LabelsOf(profile, reading.Options.Binary);
        _limits = [.. Parts.Select(LimitOf)];
    }

    private bool IsRegression => _profile.Task == TableTask.Regression;

    public void Write(string folder)
    {
        var artifact = new ArtifactFolder(folder);
        using var train = artifact.OpenSplit(Dataset.TrainName, _encoder.Features, IsRegression);
        using var validation = artifact.OpenSplit(Dataset.ValidationName, _encoder.Features, IsRegression);
        using var test = artifact.OpenSplit(Dataset.TestName, _encoder.Features, IsRegression);
        var moments = new Moments[_encoder.Numeric.Length];
        var target = new Moments();
        WriteRows([train, validation, test], moments, ref target);
        artifact.Publish(new DatasetMeta
        {
            Format = DatasetMeta.CurrentFormat,
            Name = CsvDataset.Name,
            Source = Path.GetFileName(_options.Path),
            Notes = SchemaNotes.Of(_profile, _schema, _options),
            Labels = _labels,
            Columns = [.. _schema.Columns.Select(c => c.Column)],
            TableFormat = _options.ToFormat() with { Unused = [_options.Target, .. _options.Ignore, .. _profile.Columns.Select(c => c.Name).Except(_schema.Columns.Select(c => c.Column.Name))] },
            Target = IsRegression ? new RegressionTarget(_options.Target, target.Mean, target.Std) : null,
            Mean = [.. moments.Select(m => m.Mean)],
            Std = [.. moments.Select(m => m.Std)],
            Train = train.Finish(),
            Validation = validation.Finish(),
            Test = test.Finish(),
        });
    }

    private void WriteRows(SplitWriter[] writers, Moments[] moments, ref Moments target)
    {
        using var rows = new CsvRows(_options, _reading.Options.Validation, _reading.Seed, _profile.Task);
        long count = 0;
        while (rows.Read())
        {
            if (count++ % CheckCancelEvery == 0) _reading.Cancellation.ThrowIfCancellationRequested();
            if (count > _profile.Rows || rows.Target.Class >= _labelOf.Length) break;
            if (_limits[(int)rows.Part] is { } limits && !limits[rows.Target.Class].Next()) continue;
            _encoder.Encode(rows.File.Records);
            var writer = writers[(int)rows.Part];
            _encoder.WriteTo(writer);
            if (IsRegression) writer.WriteLabel(rows.Target.Value);
            else writer.WriteLabel(_labelOf[rows.Target.Class]);
            if (rows.Part != RowPart.Train) continue;
            for (var i = 0; i < moments.Length; i++) moments[i].Add(_encoder.Numeric[i]);
            target.Add(rows.Target.Value);
        }
        if (count != _profile.Rows) throw new DatasetFormatException($"{_options.Path}: the file changed while it was read. Run again when nothing writes to it.");
    }

    /// <summary>The names of the classes, and the label of each class by its number; a regression has no names, and the one class 0.</summary>
    private static (IReadOnlyList<string> Names, long[] LabelOf) LabelsOf(CsvProfile profile, BinaryOptions? binary)
    {
        if (profile.Task == TableTask.Regression)
        {
            if (binary is not null) BinaryTask.Map(CsvDataset.Name, [], binary);
            return ([], [0]);
        }
        var order = profile.Classes.Ordered();
        string[] names = [.. order.Select(number => profile.Classes[number])];
        var labels = new long[order.Length];
        var map = binary is null ? null : BinaryTask.Map(CsvDataset.Name, names, binary);
        for (var label = 0; label < order.Length; label++) labels[order[label]] = map?[label] ?? label;
        return (binary?.Names ?? names, labels);
    }

    /// <summary>What draws the rows of a part that stay within the limit, by class; null where all do.</summary>
    private SequentialDraw[]? LimitOf(RowPart part)
    {
        var counts = _profile.CountsOf(part);
        var most = part == RowPart.Train ? _reading.Options.LimitOfTraining : _reading.Options.Limit;
        if (most is not { } limit || limit >= counts.Sum()) return null;
        var quotas = Stratified.Quotas(counts.Index().ToDictionary(c => (long)c.Index, c => c.Item), limit);
        return [.. quotas.Select(quota => new SequentialDraw(quota.Value, counts[(int)quota.Key], new CounterRandom(_reading.Seed, RandomPurpose.Sampling, (ulong)quota.Key, (ulong)part)))];
    }
}
