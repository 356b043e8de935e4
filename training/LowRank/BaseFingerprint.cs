using System.Security.Cryptography;
using System.Text;

namespace OnnxPipeline.Training.LowRank;

/// <summary>
/// What tells the base of an adapter from any other: SHA-256 over its nodes, with constants such as those that normalise pixels, and over
/// the names, types and elements of the weights that an adapter leaves alone.
/// </summary>
internal static class BaseFingerprint
{
    /// <param name="model">The base.</param>
    /// <param name="replaced">Names of weights that an adapter brings along itself.</param>
    /// <returns>In lower-case hexadecimal.</returns>
    public static string Of(Model model, IReadOnlySet<string> replaced)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var nodes = new Model(new Graph(""));
        nodes.Graph.Nodes.AddRange(model.Graph.Nodes.Select(node => node.Clone()));
        hash.AppendData(nodes.ToBytes());
        foreach (var tensor in model.Graph.Initializers.Where(t => !replaced.Contains(t.Name)).OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name}\0{tensor.Type}\0"));
            if (tensor.ElementType != ElementType.String) hash.AppendData(tensor.Bytes.Span);
            else foreach (var text in tensor.Strings) hash.AppendData(Encoding.UTF8.GetBytes($"{text}\0"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
