using System.Globalization;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Training.Functions;

/// <summary>
/// Reads a formula and writes it as an ONNX graph, by recursive descent:
/// <code>
/// sum     = product { ("+" | "-") product }
/// product = factor { ("*" | "/") factor }
/// factor  = ("+" | "-") factor | power
/// power   = primary [ "^" factor ]
/// primary = number | variable | function "(" sum ")" | "(" sum ")"
/// </code>
/// So -x^2 is -(x^2), and 2^3^2 is 2^(3^2).
/// </summary>
public sealed class ExpressionParser
{
    /// <summary>The name of the model's output.</summary>
    public const string Value = "value";

    private const int MaxLength = 10_000;
    private const int MaxDepth = 100;

    private static readonly SortedDictionary<string, string> Functions = new(StringComparer.Ordinal)
    {
        ["abs"] = Ops.Abs,
        ["cos"] = Ops.Cos,
        ["exp"] = Ops.Exp,
        ["log"] = Ops.Log,
        ["sin"] = Ops.Sin,
        ["sqrt"] = Ops.Sqrt,
        ["tan"] = Ops.Tan,
        ["tanh"] = Ops.Tanh,
    };

    private readonly string _text;
    private readonly IReadOnlyList<string> _variables;
    private readonly GraphBuilder _graph = new("function");
    private int _at;
    private int _depth;

    private ExpressionParser(string text, IReadOnlyList<string> variables)
    {
        _text = text;
        _variables = variables;
        foreach (var name in variables)
        {
            if (!IsName(name) || name == Value || Functions.ContainsKey(name))
                throw new ExpressionException(1, $"'{name}' cannot name a variable; expected letters, digits and '_', beginning with a letter, and none of {string.Join(", ", Functions.Keys.Append(Value))}.");
            _graph.Input(name, ElementType.Float, 1);
        }
    }

    /// <summary>The model of an expression: an input float [1] for each variable, in the order given, and the output "value", float [1].</summary>
    /// <exception cref="ExpressionException">The text is no expression of these variables.</exception>
    public static Model Parse(string expression, IReadOnlyList<string> variables)
    {
        if (expression.Length > MaxLength) throw new ExpressionException(MaxLength + 1, $"an expression has at most {MaxLength} characters, and this one {expression.Length}; bring it as a model of your own.");
        var parser = new ExpressionParser(expression, variables);
        var value = parser.Sum();
        if (!parser.AtEnd) throw parser.Unexpected("an operator (+ - * / ^) or the end");
        parser._graph.Output(value, Value);
        return parser._graph.Build();
    }

    /// <summary>The next character that is no space, '\0' at the end.</summary>
    private char Next
    {
        get
        {
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
            return _at < _text.Length ? _text[_at] : '\0';
        }
    }

    /// <summary>Whether nothing but space is left; the text may hold a '\0' of its own.</summary>
    private bool AtEnd => Next == '\0' && _at == _text.Length;

    private GraphValue Sum()
    {
        var left = Product();
        while (Next is '+' or '-') left = _graph.Node(_text[_at++] == '+' ? Ops.Add : Ops.Sub, [left, Product()]);
        return left;
    }

    private GraphValue Product()
    {
        var left = Factor();
        while (Next is '*' or '/') left = _graph.Node(_text[_at++] == '*' ? Ops.Mul : Ops.Div, [left, Factor()]);
        return left;
    }

    private GraphValue Factor()
    {
        var sign = Next;
        if (++_depth > MaxDepth) throw new ExpressionException(_at + 1, $"more than {MaxDepth} parentheses, signs and powers lie in one another; take the expression apart.");
        GraphValue value;
        if (sign is '+' or '-')
        {
            _at++;
            value = Factor();
            if (sign == '-') value = _graph.Node(Ops.Neg, [value]);
        }
        else
        {
            value = Power();
        }
        _depth--;
        return value;
    }

    private GraphValue Power()
    {
        var left = Primary();
        if (Next != '^') return left;
        _at++;
        return _graph.Node(Ops.Pow, [left, Factor()]);
    }

    private GraphValue Primary() => Next switch
    {
        '(' => Parenthesis(),
        '.' or (>= '0' and <= '9') => Number(),
        var letter when IsLetter(letter) => Named(),
        _ => throw Unexpected("a number, a variable, a function or '('"),
    };

    private GraphValue Parenthesis()
    {
        _at++;
        var value = Sum();
        if (Next != ')') throw Unexpected("an operator (+ - * / ^) or ')'");
        _at++;
        return value;
    }

    private GraphValue Number()
    {
        var start = _at;
        SkipDigits();
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            SkipDigits();
        }
        if (_at < _text.Length && _text[_at] is 'e' or 'E')
        {
            _at++;
            if (_at < _text.Length && _text[_at] is '+' or '-') _at++;
            SkipDigits();
        }
        var text = _text[start.._at];
        if (!float.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
            throw new ExpressionException(start + 1, $"expected a number such as 2, 0.5 or 1e-3, found '{text}'.");
        if (!float.IsFinite(number)) throw new ExpressionException(start + 1, $"{text} is more than a float holds, which is {float.MaxValue:g3}.");
        return _graph.Constant<float>([number], [1]);
    }

    private GraphValue Named()
    {
        var start = _at;
        while (_at < _text.Length && (IsLetter(_text[_at]) || char.IsAsciiDigit(_text[_at]))) _at++;
        var name = _text[start.._at];
        if (Next == '(') return Functions.TryGetValue(name, out var op) ? _graph.Node(op, [Parenthesis()]) : throw Unknown(start, "function", name, Functions.Keys);
        if (_variables.Contains(name)) return _graph.Value(name);
        throw Functions.ContainsKey(name) ? Unexpected($"'(' after the function {name}") : Unknown(start, "variable", name, _variables);
    }

    private void SkipDigits()
    {
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
    }

    private ExpressionException Unexpected(string expected) => AtEnd
        ? new ExpressionException(_at + 1, $"expected {expected}, found the end of the expression.")
        : new ExpressionException(_at + 1, $"expected {expected}, found '{_text[_at]}'.");

    private static ExpressionException Unknown(int start, string kind, string name, IEnumerable<string> valid)
    {
        var names = valid.ToArray();
        return new ExpressionException(start + 1, $"there is no {kind} '{name}'.{(NearestName.Of(name, names) is { } near ? $" Did you mean '{near}'?" : "")} Valid: {string.Join(", ", names)}.");
    }

    private static bool IsName(string name) => name.Length > 0 && IsLetter(name[0]) && name.All(c => IsLetter(c) || char.IsAsciiDigit(c));

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';
}
