namespace OnnxPipeline.Export.Samples;

/// <summary>Samples of which nothing is known but themselves.</summary>
internal sealed class UnlabelledSamples(HeldOutSamples samples) : HeldOutSamples(default, default)
{
    public override int Count => samples.Count;

    internal override SampleBatch Trained(int start, int count) => samples.Trained(start, count);

    internal override SampleBatch Deployed(int start, int count) => samples.Deployed(start, count);

    internal override IEnumerable<HostileSamples> Hostile() => samples.Hostile();
}
