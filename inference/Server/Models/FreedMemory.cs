using System.Runtime.InteropServices;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>
/// Gives memory that native code has freed back to the system. glibc keeps the holes that a model leaves among what is still in
/// use, so that a server whose models are exchanged would grow with each.
/// </summary>
internal static partial class FreedMemory
{
    public static void GiveBack()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Trim(0);
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library, which has no such call.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keptAtTheTop);
}
