using System.Diagnostics;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>Our fused Adam over an MLP's weights and biases, with the same gradients every step.</summary>
internal sealed class FusedAdamSubject : IBenchmarkSubject
{
    private readonly Optimizer _optimizer;
    private readonly AlignedMemory[] _weights;
    private readonly AlignedMemory[] _gradients;
    private long _step;

    public FusedAdamSubject(params int[] widths)
    {
        var parameters = new List<ParameterInfo>();
        for (var layer = 1; layer < widths.Length; layer++)
        {
            parameters.Add(new ParameterInfo($"fc{layer}.weight", widths[layer] * widths[layer - 1], Decays: true));
            parameters.Add(new ParameterInfo($"fc{layer}.bias", widths[layer], Decays: false));
        }
        _optimizer = Optimizer.Create(new AdamOptions(), parameters);
        _weights = [.. parameters.Select((p, i) => Random(p.Length, i))];
        _gradients = [.. parameters.Select((p, i) => Random(p.Length, -i - 1))];
        Run(200);
    }

    public string Name => "OnnxPipeline fused Adam, 1 thread";

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++)
        {
            var settings = new StepSettings(++_step, 1e-3);
            for (var p = 0; p < _weights.Length; p++) Update(p, settings);
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        foreach (var memory in _weights.Concat(_gradients)) memory.Dispose();
        _optimizer.Dispose();
    }

    private void Update(int parameter, in StepSettings settings)
    {
        var length = _optimizer.Parameters[parameter].Length;
        _optimizer.Update(parameter, _weights[parameter].Span(0, length), _gradients[parameter].Span(0, length), settings);
    }

    /// <summary>Aligned, as a training engine's tensors are.</summary>
    private static AlignedMemory Random(int length, int stream)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling, (ulong)stream);
        var memory = new AlignedMemory(length);
        foreach (ref var value in memory.Span(0, length)) value = (float)random.NextNormal() * 0.05f;
        return memory;
    }
}
