namespace OnnxPipeline.Runtime;

/// <summary>The cores that this process may use.</summary>
public static class Cores
{
    private const string OnlineFile = "/sys/devices/system/cpu/online";

    /// <summary>
    /// Whether this process has fewer than the machine: by its affinity, its container's quota, or DOTNET_PROCESSOR_COUNT. ONNX Runtime,
    /// left to choose, takes one thread for each of the machine's.
    /// </summary>
    public static bool AreLimited { get; } = Environment.ProcessorCount < OnMachine();

    /// <summary>Threads for a session that was left to choose; 0 where ONNX Runtime may choose by itself.</summary>
    internal static int Unasked => AreLimited ? Environment.ProcessorCount : 0;

    /// <summary>Processors in a list such as "0-3,8-11". Source: Documentation/admin-guide/cputopology.rst of Linux.</summary>
    internal static int Count(string list)
    {
        var count = 0;
        foreach (var range in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = range.Split('-');
            if (!int.TryParse(ends[0], out var first) || !int.TryParse(ends[^1], out var last) || last < first) return 0;
            count += last - first + 1;
        }
        return count;
    }

    private static int OnMachine()
    {
        try
        {
            return Count(File.ReadAllText(OnlineFile));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0; // No Linux: what the process has is not limited by means that are known here.
        }
    }
}
