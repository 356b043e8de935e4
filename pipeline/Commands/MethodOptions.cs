using System.CommandLine;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>Options that not every method of a verb has.</summary>
internal static class MethodOptions
{
    /// <param name="line">The command line.</param>
    /// <param name="method">The method it chooses.</param>
    /// <param name="particular">Such options, and the methods that have them.</param>
    /// <exception cref="UsageException">One is given that the method does not have: it would silently do nothing.</exception>
    public static void Check(ParseResult line, string method, IEnumerable<(Option Option, string[] Methods)> particular)
    {
        foreach (var (option, methods) in particular.Where(p => line.GetResult(p.Option) is { Implicit: false } && !p.Methods.Contains(method)))
            throw new UsageException($"{option.Name} is for the method {string.Join(" or ", methods)}, and --method is {method}.");
    }
}
