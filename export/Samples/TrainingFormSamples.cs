namespace OnnxPipeline.Export.Samples;

/// <summary>Samples for a model that takes them in use as it did in training.</summary>
internal sealed class TrainingFormSamples(HeldOutSamples samples) : HeldOutSamples(samples.Labels, samples.Values)
{
    public override int Count => samples.Count;

    internal override SampleBatch Trained(int start, int count) => samples.Trained(start, count);

    internal override SampleBatch Deployed(int start, int count) => samples.Trained(start, count);

    internal override IEnumerable<HostileSamples> Hostile() => samples.Hostile().Select(h => h with { Deployed = h.Trained });
}
