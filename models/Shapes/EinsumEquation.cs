namespace OnnxPipeline.Models.Shapes;

/// <summary>The equation of an Einsum with a letter for every axis: an ellipsis is written out, the output always given.</summary>
/// <param name="Operands">The axes of each operand.</param>
/// <param name="Output">Those of the result.</param>
public sealed record EinsumEquation(IReadOnlyList<string> Operands, string Output)
{
    private const string Ellipsis = "...";
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <param name="equation">As the attribute has it, for example "bij,bjk->bik" or "...ij,jk".</param>
    /// <param name="ranks">Axes of each operand.</param>
    /// <exception cref="FormatException">It is no equation for operands of these ranks.</exception>
    public static EinsumEquation Parse(string equation, IReadOnlyList<int> ranks)
    {
        var text = equation.Replace(" ", "", StringComparison.Ordinal);
        var sides = text.Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != ranks.Count) throw new FormatException($"Equation '{equation}' has {terms.Length} operands; expected {ranks.Count}.");
        var spare = string.Concat(Alphabet.Except(text));
        var operands = terms.Select((term, i) => WriteOut(term, ranks[i] - Letters(term), spare, equation)).ToArray();
        var widest = terms.Select((term, i) => term.Contains(Ellipsis, StringComparison.Ordinal) ? ranks[i] - Letters(term) : 0).Append(0).Max();
        var once = string.Concat(string.Concat(terms).Where(char.IsAsciiLetter).GroupBy(a => a).Where(g => g.Count() == 1).Select(g => g.Key).Order());
        var result = sides.Length == 2 ? sides[1] : (widest > 0 ? Ellipsis : "") + once;
        var output = WriteOut(result, result.Contains(Ellipsis, StringComparison.Ordinal) ? widest : 0, spare, equation);
        if (output.FirstOrDefault(a => !operands.Any(o => o.Contains(a))) is var unknown and not '\0') throw new FormatException($"Equation '{equation}' has '{unknown}' in its output, which no operand has.");
        if (output.Distinct().Count() != output.Length) throw new FormatException($"Equation '{equation}' names an axis of its output twice.");
        return new EinsumEquation(operands, output);
    }

    private static int Letters(string term) => term.Count(char.IsAsciiLetter);

    /// <summary>The term with as many spare letters as its ellipsis stands for, those of the innermost axes alike in all terms.</summary>
    private static string WriteOut(string term, int hidden, string spare, string equation)
    {
        var hasEllipsis = term.Contains(Ellipsis, StringComparison.Ordinal);
        var rest = hasEllipsis ? term.Replace(Ellipsis, "", StringComparison.Ordinal) : term;
        if (!rest.All(char.IsAsciiLetter) || hidden < 0 || hidden > spare.Length || (hidden > 0 && !hasEllipsis))
            throw new FormatException($"Term '{term}' of equation '{equation}' does not fit an operand of {Letters(term) + hidden} axes; expected a letter for each axis, or '...' for some.");
        return hasEllipsis ? term.Replace(Ellipsis, string.Concat(spare.Take(hidden).Reverse()), StringComparison.Ordinal) : term;
    }
}
