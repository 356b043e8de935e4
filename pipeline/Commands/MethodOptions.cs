using System.CommandLine;
using OnnxPipeline.Pipeline.Recipes.Binding;
using Option = System.CommandLine.Option;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>The method of a verb, and the options that not every method has.</summary>
internal static class MethodOptions
{
    /// <summary>The method that is chosen.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="chosen">Names it.</param>
    /// <param name="valid">The methods that there are.</param>
    /// <param name="particular">The options that not every method has, and the methods that do.</param>
    /// <exception cref="UsageException">There is no such method, or an option is given that it does not have: it would silently do nothing.</exception>
    public static string Read(ParseResult line, Option<string> chosen, IReadOnlyList<string> valid, IEnumerable<(Option Option, string[] Methods)> particular)
    {
        var method = line.GetRequiredValue(chosen);
        if (!valid.Contains(method)) throw new UsageException($"There is no method '{method}'.{Names.Suggest(method, valid)}");
        foreach (var (option, methods) in particular.Where(p => line.GetResult(p.Option) is { Implicit: false } && !p.Methods.Contains(method)))
            throw new UsageException($"{option.Name} is for the method {string.Join(" or ", methods)}, and --method is {method}.");
        return method;
    }
}
