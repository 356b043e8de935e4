using OnnxPipeline.Datasets.Batches.Augmentations;

namespace OnnxPipeline.Datasets.Batches;

/// <summary>Fills batches from a split. The bytes of a batch are a pure function of (seed, epoch, step).</summary>
internal sealed class BatchAssembler : IBatchSource
{
    private readonly DatasetSplit _split;
    private readonly int _batchSize;
    private readonly ulong _seed;
    private readonly ISampleOrder _order;
    private readonly ImageAugmenter? _augmenter;
    private readonly BatchMixer? _mixer;
    private readonly IDisposable?[] _leases;
    private int _epoch;

    public BatchAssembler(DatasetSplit split, BatchOptions options)
    {
        _split = split;
        _batchSize = options.BatchSize;
        _seed = options.Seed;
        _order = options.BalanceClasses ? new BalancedOrder(split.Label, options.Seed) : new SampleOrder(split.Count, options.Shuffle, options.Seed);
        if (options.Augment is { IsActive: true } augment) _augmenter = new ImageAugmenter(augment, split.Features.Where(f => f.IsImage).Max(f => f.ItemBytes));
        if (options.Augment is { } mix && mix.MixesLabels()) _mixer = new BatchMixer(mix, options.Seed, split.Features[0].ItemBytes, options.BatchSize);
        _leases = [.. split.Features.Append(split.Label).Select(t => t.Lease())];
    }

    public void BeginEpoch(int epoch)
    {
        _epoch = epoch;
        _order.Prepare(epoch);
    }

    public void Fill(int step, Batch batch)
    {
        var first = step * _batchSize;
        batch.Begin(step, Math.Min(_batchSize, _split.Count - first));
        NoteSamples(first, batch);
        for (var i = 0; i < batch.Features.Count; i++)
        {
            var feature = _split.Features[i];
            if (_augmenter is not null && feature.IsImage) Augment(_augmenter, feature, first, batch.Features[i]);
            else Copy(feature, first, batch.Count, batch.Features[i]);
        }
        Copy(_split.Label, first, batch.Count, batch.Labels);
        _mixer?.Mix(batch, _epoch, step);
    }

    public void Dispose()
    {
        foreach (var lease in _leases) lease?.Dispose();
    }

    private void NoteSamples(int first, Batch batch)
    {
        var samples = batch.SamplesToFill;
        if (!_order.IsSequential) _order.Current.Slice(first, samples.Length).CopyTo(samples);
        else for (var i = 0; i < samples.Length; i++) samples[i] = first + i;
    }

    private void Copy(DataTensor source, int first, int count, BatchTensor target)
    {
        if (_order.IsSequential)
        {
            source.Items(first, count).CopyTo(target.Bytes);
            return;
        }
        var size = source.ItemBytes;
        var bytes = target.Bytes;
        var order = _order.Current.Slice(first, count);
        for (var i = 0; i < order.Length; i++) source.Item(order[i]).CopyTo(bytes.Slice(i * size, size));
    }

    private void Augment(ImageAugmenter augmenter, DataTensor source, int first, BatchTensor target)
    {
        var (height, width) = ((int)source.ItemShape[1], (int)source.ItemShape[2]);
        var size = source.ItemBytes;
        var bytes = target.Bytes;
        var order = _order.Current.Slice(first, bytes.Length / size);
        for (var i = 0; i < order.Length; i++)
        {
            var sample = new AugmentedSample(_seed, _epoch, first + i, order[i]);
            augmenter.Apply(sample, source.Item(order[i]), bytes.Slice(i * size, size), height, width);
        }
    }
}
