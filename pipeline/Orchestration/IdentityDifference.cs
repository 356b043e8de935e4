using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>In words, what sets two identities of a stage apart.</summary>
internal static class IdentityDifference
{
    public static IReadOnlyList<string> Between(StageIdentity old, StageIdentity @new) =>
    [
        .. Changed("code version", old.CodeVersion, @new.CodeVersion),
        .. OptionDifference.Between(old.Options, @new.Options).Select(d => d.ToString()),
        .. old.Inputs.Keys.Union(@new.Inputs.Keys).Order(StringComparer.Ordinal)
            .SelectMany(name => Changed($"input '{name}'", Short(old.Inputs.GetValueOrDefault(name)), Short(@new.Inputs.GetValueOrDefault(name)))),
        .. Changed("engine", old.Engine, @new.Engine),
        .. Changed("device kind", old.DeviceKind, @new.DeviceKind),
    ];

    private static IEnumerable<string> Changed(string what, string? old, string? @new) =>
        old == @new ? [] : [$"{what} changed from {old ?? "none"} to {@new ?? "none"}"];

    private static string? Short(string? hash) => hash is { Length: > 12 } ? hash[..12] : hash;
}
