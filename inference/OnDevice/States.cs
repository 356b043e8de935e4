using System.Runtime.InteropServices;
using OnnxPipeline.Models.Metadata.Bundles;

namespace OnnxPipeline.OnDevice;

/// <summary>Reads and averages states.</summary>
internal static class States
{
    /// <exception cref="OnDeviceException">The bytes are no state, or were changed.</exception>
    public static StateFile Parse(byte[] state, string source)
    {
        try
        {
            return StateFile.Parse(state, source);
        }
        catch (FormatException exception)
        {
            throw new OnDeviceException(exception.Message, exception);
        }
    }

    /// <exception cref="OnDeviceException">The state is another bundle's, or does not hold what this one's holds.</exception>
    public static void RequireFits(StateFile state, BundleManifest manifest, string source)
    {
        if (state.Bundle != manifest.Id) throw new OnDeviceException($"{source}: a state of another bundle ({Short(state.Bundle)}); expected one of {Short(manifest.Id)}. States are taken up only by the bundle that they come from.");
        if (state.Classes.Count < manifest.Classes.Count || state.Classes.Count > manifest.Width) throw new OnDeviceException($"{source}: the state names {state.Classes.Count} classes; expected {manifest.Classes.Count} to {manifest.Width}.");
        var found = state.Tensors.Select(t => (t.Name, t.Type, Shape: string.Join('x', t.Shape), t.Data.Length));
        var expected = manifest.State.Select(t => (t.Name, t.Type, Shape: string.Join('x', t.Shape), t.ByteLength));
        if (!found.SequenceEqual(expected)) throw new OnDeviceException($"{source}: the state holds {state.Tensors.Count} tensors that are not the {manifest.State.Count} of the bundle.");
    }

    public static byte[] Average(IReadOnlyList<byte[]> states, IReadOnlyList<double>? weights)
    {
        if (states.Count == 0) throw new ArgumentException("There is no state to average.", nameof(states));
        var files = states.Select((state, i) => Parse(state, $"state {i} of {states.Count}")).ToArray();
        var shares = Shares(weights ?? [.. files.Select(f => (double)f.Samples)], files.Length);
        for (var i = 1; i < files.Length; i++) RequireAlike(files[0], files[i], $"state {i} of {states.Count}");
        var model = files[0].ModelTensors.ToHashSet(StringComparer.Ordinal);
        return (files[0] with { Samples = 0, Tensors = [.. files[0].Tensors.Select((t, i) => t with { Data = model.Contains(t.Name) ? Mean(files, i, shares) : new byte[t.Data.Length] })] }).ToBytes();
    }

    private static double[] Shares(IReadOnlyList<double> weights, int states)
    {
        if (weights.Count != states) throw new ArgumentException($"There are {weights.Count} weights for {states} states; expected one for each.", nameof(weights));
        var sum = weights.Sum();
        return weights.All(w => w >= 0) && sum > 0 && double.IsFinite(sum)
            ? [.. weights.Select(w => w / sum)]
            : throw new ArgumentException($"States are weighted by numbers of 0 or more that are not all 0, but these are {string.Join(", ", weights)}. They are the samples that each was trained on where none are given.", nameof(weights));
    }

    private static void RequireAlike(StateFile first, StateFile other, string source)
    {
        if (other.Bundle != first.Bundle) throw new OnDeviceException($"{source}: a state of another bundle ({Short(other.Bundle)}) than the first ({Short(first.Bundle)}); only states of one bundle can be averaged.");
        if (!other.Classes.SequenceEqual(first.Classes)) throw new OnDeviceException($"{source}: its classes are {string.Join(", ", other.Classes)}, those of the first {string.Join(", ", first.Classes)}; only states of the same classes can be averaged.");
        if (!other.Tensors.Select(t => (t.Name, t.Type, t.Data.Length)).SequenceEqual(first.Tensors.Select(t => (t.Name, t.Type, t.Data.Length)))) throw new OnDeviceException($"{source}: its tensors are not those of the first.");
    }

    private static byte[] Mean(StateFile[] files, int tensor, double[] shares)
    {
        var sums = new double[files[0].Tensors[tensor].Data.Length / sizeof(float)];
        foreach (var (file, share) in files.Zip(shares))
        {
            var values = MemoryMarshal.Cast<byte, float>(file.Tensors[tensor].Data.Span);
            for (var i = 0; i < sums.Length; i++) sums[i] += share * values[i];
        }
        var mean = new byte[sums.Length * sizeof(float)];
        var floats = MemoryMarshal.Cast<byte, float>(mean.AsSpan());
        for (var i = 0; i < sums.Length; i++) floats[i] = (float)sums[i];
        return mean;
    }

    private static string Short(string id) => id.Length > 12 ? id[..12] : id;
}
