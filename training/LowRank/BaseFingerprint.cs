using System.Security.Cryptography;
using System.Text;

namespace OnnxPipeline.Training.LowRank;

/// <summary>What tells the base of an adapter from any other: SHA-256 over the names, types and elements of the weights that it leaves alone.</summary>
internal static class BaseFingerprint
{
    /// <param name="graph">The base's graph.</param>
    /// <param name="replaced">Names of weights that an adapter brings along itself.</param>
    /// <returns>In lower-case hexadecimal.</returns>
    public static string Of(Graph graph, IReadOnlySet<string> replaced)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in graph.Initializers.Where(t => !replaced.Contains(t.Name)).OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name}\0{tensor.Type}\0"));
            if (tensor.ElementType != ElementType.String) hash.AppendData(tensor.Bytes.Span);
            else foreach (var text in tensor.Strings) hash.AppendData(Encoding.UTF8.GetBytes($"{text}\0"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
