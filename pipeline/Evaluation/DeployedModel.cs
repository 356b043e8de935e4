using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Inference;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>A deployable model run on a dataset's samples, through the library that applications use.</summary>
internal abstract class DeployedModel : IDisposable
{
    public abstract ModelSession Session { get; }

    /// <summary>Class names; empty for a regression.</summary>
    public abstract IReadOnlyList<string> Labels { get; }

    /// <summary>Values a sample: one a class, or one.</summary>
    public int OutputWidth => Math.Max(1, Labels.Count);

    public double? Threshold => Session.Metadata?.Threshold;

    /// <exception cref="ModelException">The file is no model, or none that can be measured.</exception>
    public static DeployedModel Open(string path)
    {
        var session = ModelSession.Open(path);
        try
        {
            return session.Metadata is { Columns.Count: > 0 } ? new TableModel(session) : new ImageModel(session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>What the model gives for some samples, [count, width].</summary>
    public abstract void Run(Dataset dataset, DatasetSplit split, int start, int count, Span<float> outputs);

    /// <exception cref="UsageException">The model takes or gives something else than the dataset has.</exception>
    public void CheckFit(Dataset dataset, DatasetSplit split)
    {
        if ((dataset.Target is null) != (Labels.Count > 0))
            throw new UsageException($"The model {(Labels.Count > 0 ? "tells classes apart" : "predicts a value")}, but {dataset.Name} has {(dataset.Target is { } target ? $"values of '{target.Name}' to predict" : "classes")}.");
        if (Labels.Count != dataset.Labels.Count) throw new UsageException($"The model has {Labels.Count} classes, but {dataset.Name} has {dataset.Labels.Count}.");
        if (Misfit(dataset, split) is { } misfit) throw new UsageException(misfit);
    }

    public void Dispose()
    {
        DisposeRunner();
        Session.Dispose();
    }

    /// <summary>Why the samples are none that the model takes; null when they are.</summary>
    protected abstract string? Misfit(Dataset dataset, DatasetSplit split);

    protected virtual void DisposeRunner()
    {
    }

    private sealed class ImageModel(ModelSession session) : DeployedModel
    {
        private readonly Predictor _predictor = new(session);

        public override ModelSession Session => session;

        public override IReadOnlyList<string> Labels => _predictor.Labels;

        public override void Run(Dataset dataset, DatasetSplit split, int start, int count, Span<float> outputs)
        {
            var images = DatasetImages.Of(split).Items(start, count);
            _predictor.PredictPixels(_predictor.Input.Layout == ImageLayout.Chw ? images : Rows(images), outputs);
        }

        protected override string? Misfit(Dataset dataset, DatasetSplit split)
        {
            if (dataset.Columns.Count > 0) return $"The model takes images, but {dataset.Name} is a table.";
            var images = DatasetImages.Of(split);
            return images.ItemBytes == _predictor.PixelCount ? null
                : $"The model takes images of {_predictor.Input.Channels}x{_predictor.Input.Height}x{_predictor.Input.Width}, but {dataset.Name} has {string.Join("x", images.ItemShape)}.";
        }

        protected override void DisposeRunner() => _predictor.Dispose();

        /// <summary>Datasets have images by channels; some models take them by rows.</summary>
        private byte[] Rows(ReadOnlySpan<byte> images)
        {
            var (input, size) = (_predictor.Input, _predictor.PixelCount);
            var rows = new byte[images.Length];
            for (var start = 0; start < images.Length; start += size)
                Image.FromChw(input.Width, input.Height, input.Channels, images.Slice(start, size)).Pixels.CopyTo(rows, start);
            return rows;
        }
    }

    private sealed class TableModel(ModelSession session) : DeployedModel
    {
        private readonly TablePredictor _predictor = new(session);

        public override ModelSession Session => session;

        public override IReadOnlyList<string> Labels => _predictor.Labels;

        public override void Run(Dataset dataset, DatasetSplit split, int start, int count, Span<float> outputs)
        {
            var numbers = Column<float>(split, TableFeatures.Numeric, start, count);
            var codes = Column<long>(split, TableFeatures.Categorical, start, count);
            TableColumn[] categories = [.. dataset.Columns.Where(c => c.Kind == ColumnKind.Category)];
            var words = new string[codes.Length];
            for (var i = 0; i < words.Length; i++) words[i] = categories[i % categories.Length].WordOf(codes[i]);
            _predictor.Run(numbers, words).CopyTo(outputs);
        }

        protected override string? Misfit(Dataset dataset, DatasetSplit split)
        {
            static string Describe(IEnumerable<TableColumn> columns) => string.Join(", ", columns.Select(c => $"{c.Name} ({c.Kind.ToString().ToLowerInvariant()})"));
            var (taken, had) = (Describe(_predictor.Columns), Describe(dataset.Columns));
            return taken == had ? null : $"The model takes rows of {taken}, but {dataset.Name} has {(had.Length > 0 ? had : "images")}.";
        }

        private static ReadOnlySpan<T> Column<T>(DatasetSplit split, string feature, int start, int count) where T : struct =>
            split.Features.FirstOrDefault(f => f.Name == feature) is { } tensor ? MemoryMarshal.Cast<byte, T>(tensor.Items(start, count)) : [];
    }
}
