using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Inference.Server.Protocol;

namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>
/// Runs a new model on made-up samples, so that it is warm, and to learn whether requests may share a run: the answers for two
/// samples together must be those for each alone. A free first axis need not be a batch, and int8 scales can depend on all of it.
/// </summary>
internal static class ModelTrial
{
    // What a free axis other than the batch is tried with.
    private const int FreeAxis = 32;
    private const double Tolerance = 1e-3;
    private const int TimedRuns = 5;

    // Starting and joining threads for every operator takes longer than they save in a run of less than this.
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether one sample takes so little that a run is best done on one core.</summary>
    public static bool IsQuick(ModelSession session)
    {
        if (session.TakesFiles || session.Inputs.Any(spec => spec.ElementType is null)) return false;
        OrtValue[] sample = [];
        try
        {
            sample = [.. session.Inputs.Select(spec => Make(spec, 1))];
            var shortest = TimeSpan.MaxValue;
            for (var run = 0; run < TimedRuns; run++)
            {
                var start = Stopwatch.GetTimestamp();
                using var outputs = session.Run([.. session.Inputs.Select(i => i.Name)], sample, [.. session.Outputs.Select(o => o.Name)]);
                var elapsed = Stopwatch.GetElapsedTime(start);
                if (elapsed < shortest) shortest = elapsed;
            }
            return shortest < Quick;
        }
        catch (OnnxRuntimeException)
        {
            // It takes none of the made-up samples; nothing is known of it.
            return false;
        }
        finally
        {
            foreach (var value in sample) value.Dispose();
        }
    }

    /// <summary>Null where requests may share a run; else why not.</summary>
    public static string? WhyNotBatched(ModelSession session)
    {
        if (session.TakesFiles) return "it takes one image file a run";
        if (session.Inputs.Concat(session.Outputs).FirstOrDefault(spec => spec.ElementType is null) is { } other) return $"'{other.Name}' is no tensor";
        string[] inputs = [.. session.Inputs.Select(i => i.Name)];
        string[] outputs = [.. session.Outputs.Select(o => o.Name)];
        OrtValue[] first = [], second = [], both = [];
        try
        {
            first = [.. session.Inputs.Select(spec => Make(spec, 1))];
            using var alone = session.Run(inputs, first, outputs);
            if (session.Inputs.Concat(session.Outputs).FirstOrDefault(spec => spec.Shape.Count == 0 || spec.Shape[0] >= 0) is { } @fixed) return $"the first axis of '{@fixed}' is not free";
            second = [.. session.Inputs.Select(spec => Make(spec, 2))];
            both = [.. first.Zip(second, (a, b) => RowTensors.Take([a, b], 0, 2))];
            using var alone2 = session.Run(inputs, second, outputs);
            using var together = session.Run(inputs, both, outputs);
            for (var i = 0; i < outputs.Length; i++)
            {
                if (!Agree(alone.ElementAt(i), alone2.ElementAt(i), together.ElementAt(i))) return $"its output '{outputs[i]}' for a sample depends on the others of the batch";
            }
            return null;
        }
        catch (OnnxRuntimeException exception)
        {
            return $"it could not be tried on made-up samples: {exception.Message}";
        }
        finally
        {
            foreach (var value in first.Concat(second).Concat(both)) value.Dispose();
        }
    }

    /// <summary>A sample of pseudo-random fractions and bytes; other numbers are 0 or 1, which are indices of most things.</summary>
    private static OrtValue Make(TensorSpec spec, int seed)
    {
        long[] shape = [.. spec.Shape.Select((size, axis) => size >= 0 ? (long)size : axis == 0 ? 1 : FreeAxis)];
        var type = spec.ElementType!.Value;
        if (type == TensorElementType.String) return OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        if (TensorSize.Elements(shape) == 0) return value;
        var random = new Random(seed);
        switch (type)
        {
            case TensorElementType.Float: foreach (ref var v in value.GetTensorMutableDataAsSpan<float>()) v = random.NextSingle(); break;
            case TensorElementType.Double: foreach (ref var v in value.GetTensorMutableDataAsSpan<double>()) v = random.NextDouble(); break;
            case TensorElementType.Float16: foreach (ref var v in value.GetTensorMutableDataAsSpan<Float16>()) v = (Float16)random.NextSingle(); break;
            case TensorElementType.UInt8: random.NextBytes(value.GetTensorMutableRawData()); break;
            default:
                var bytes = value.GetTensorMutableRawData();
                bytes.Clear();
                var width = DataTypes.SizeOf(type) ?? bytes.Length;
                for (var at = 0; seed > 1 && at < bytes.Length; at += width) bytes[at] = 1;
                break;
        }
        return value;
    }

    private static bool Agree(OrtValue first, OrtValue second, OrtValue both)
    {
        if (both.GetTensorTypeAndShape().Shape is not [2, ..] || RowTensors.Count(first) != 1 || RowTensors.Count(second) != 1) return false;
        if (TensorNumbers.Of(both) is not { } together) return both.GetStringTensorAsArray().SequenceEqual([.. first.GetStringTensorAsArray(), .. second.GetStringTensorAsArray()]);
        double[] alone = [.. TensorNumbers.Of(first)!, .. TensorNumbers.Of(second)!];
        return alone.Length == together.Length && alone.Zip(together).All(pair => pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Max(1, Math.Abs(pair.First)));
    }
}
