using System.Diagnostics.CodeAnalysis;

namespace OnnxPipeline.Runtime;

/// <summary>Where a session runs: "cpu", "cuda" (the first GPU) or "cuda:n".</summary>
public readonly record struct Device(string Kind, int Index)
{
    public const string CpuKind = "cpu";
    public const string CudaKind = "cuda";

    public static readonly Device Cpu = new(CpuKind, 0);

    public bool IsCuda => Kind == CudaKind;

    /// <exception cref="FormatException">The text names no device.</exception>
    public static Device Parse(string text) => TryParse(text, out var device)
        ? device
        : throw new FormatException($"'{text}' is no device; expected cpu, cuda or cuda:n (n from 0).");

    public static bool TryParse([NotNullWhen(true)] string? text, out Device device)
    {
        device = Cpu;
        if (text == CpuKind) return true;
        if (text is null || !text.StartsWith(CudaKind, StringComparison.Ordinal)) return false;
        var index = 0;
        if (text.Length > CudaKind.Length && (text[CudaKind.Length] != ':' || !int.TryParse(text.AsSpan(CudaKind.Length + 1), System.Globalization.NumberStyles.None, null, out index)))
            return false;
        device = new Device(CudaKind, index);
        return true;
    }

    public override string ToString() => IsCuda ? $"{Kind}:{Index}" : Kind;
}
