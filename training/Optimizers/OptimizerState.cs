namespace OnnxPipeline.Training.Optimizers;

/// <summary>One tensor of an optimizer's state, as long as the parameter it belongs to. A checkpoint reads and writes <see cref="Values"/>.</summary>
public sealed class OptimizerState
{
    private readonly AlignedMemory _memory;
    private readonly long _offset;

    internal OptimizerState(ParameterInfo parameter, string slot, AlignedMemory memory, long offset)
    {
        (Parameter, Slot, Length) = (parameter.Name, slot, parameter.Length);
        (_memory, _offset) = (memory, offset);
    }

    /// <summary>Unique in its optimizer: parameter and slot, for example "fc1.weight/exp_avg".</summary>
    public string Name => $"{Parameter}/{Slot}";

    public string Parameter { get; }

    /// <summary>One of <see cref="OptimizerSlots"/>.</summary>
    public string Slot { get; }

    public int Length { get; }

    /// <summary>The elements, 64-byte aligned, in place; they are gone once the optimizer is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The optimizer is disposed.</exception>
    public Span<float> Values => _memory.Span(_offset, Length);
}
