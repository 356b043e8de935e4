using System.Runtime.InteropServices;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>
/// Lets memory that native code has freed go back to the system. glibc keeps the holes that a model leaves among what is still in
/// use, so that a server whose models are exchanged would grow with each. Elsewhere it does nothing.
/// </summary>
internal static partial class FreedMemory
{
    // M_MMAP_THRESHOLD of malloc.h.
    private const int MmapThreshold = -3;

    // In bytes; what glibc begins with.
    private const int LargeBlock = 128 << 10;

    /// <summary>
    /// Large blocks stay apart, and go back one by one. Left to itself, glibc raises the size from which they do as such blocks are
    /// freed, up to 32 MiB, and then the weights of models lie among everything else.
    /// </summary>
    public static void KeepLargeBlocksApart() => IfThere(() => Set(MmapThreshold, LargeBlock));

    /// <summary>Gives back what is free now.</summary>
    public static void GiveBack() => IfThere(() => Trim(0));

    private static void IfThere(Func<int> call)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = call();
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library, which has no such call.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keptAtTheTop);
}
