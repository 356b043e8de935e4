using System.Reflection;

namespace OnnxPipeline.Pipeline;

/// <summary>The version of this tool.</summary>
internal static class ToolVersion
{
    public static string Current { get; } = typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
