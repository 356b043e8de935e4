using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OnnxPipeline.Training.TorchSharp;

/// <summary>
/// libtorch's deterministic mode, in which an operation gives the same bits again or is an error. TorchSharp does not hand it out, so
/// libtorch's own functions are called by their symbols, those of the C++ ABI of Linux and macOS. On the CPU results are the same bits in any case.
/// </summary>
internal static unsafe partial class Determinism
{
    private const string GlobalContext = "_ZN2at13globalContextEv";
    private const string SetAlgorithms = "_ZN2at7Context26setDeterministicAlgorithmsEbb";
    private const string Algorithms = "_ZNK2at7Context23deterministicAlgorithmsEv";

    /// <summary>cuBLAS reads this, and libtorch asks for it: https://docs.nvidia.com/cuda/cublas/#results-reproducibility.</summary>
    private const string CublasWorkspace = "CUBLAS_WORKSPACE_CONFIG";

    /// <summary>Whether libtorch is in deterministic mode.</summary>
    public static bool IsOn => ((delegate* unmanaged<nint, byte>)Symbol(Algorithms))(Context()) != 0;

    /// <summary>Turns the mode on or off, for the whole process.</summary>
    /// <exception cref="TrainingException">It is to be turned on, and this libtorch cannot be asked.</exception>
    public static void Set(bool on)
    {
        if (!on && (OperatingSystem.IsWindows() || !IsOn)) return;
        if (OperatingSystem.IsWindows()) throw new TrainingException("train.deterministic: TorchSharp has no deterministic mode on Windows; train on Linux, on the CPU, or without it.");
        if (Environment.GetEnvironmentVariable(CublasWorkspace) is null) _ = SetVariable(CublasWorkspace, ":4096:8", 0);
        ((delegate* unmanaged<nint, byte, byte, void>)Symbol(SetAlgorithms))(Context(), on ? (byte)1 : (byte)0, 0);
    }

    private static nint Context() => ((delegate* unmanaged<nint>)Symbol(GlobalContext))();

    private static nint Symbol(string name)
    {
        using var process = Process.GetCurrentProcess();
        var library = process.Modules.Cast<ProcessModule>().FirstOrDefault(m => m.ModuleName.StartsWith("libtorch_cpu.", StringComparison.Ordinal));
        return library is not null && NativeLibrary.TryGetExport(NativeLibrary.Load(library.FileName), name, out var symbol)
            ? symbol
            : throw new TrainingException("train.deterministic: this libtorch does not have the functions that turn deterministic mode on; train on the CPU or without it.");
    }

    /// <summary>The C library's own: what .NET sets, native code does not see.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
