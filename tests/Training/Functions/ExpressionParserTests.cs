using OnnxPipeline.Training.Functions;

namespace OnnxPipeline.Training.Tests;

public sealed class ExpressionParserTests
{
    [Theory]
    [InlineData("1 + 2*3", 7)]
    [InlineData("(1 + 2)*3", 9)]
    [InlineData("2^3^2", 512)]
    [InlineData("-2^2", -4)]
    [InlineData("(-2)^2", 4)]
    [InlineData("2^-1", 0.5)]
    [InlineData("8 - 3 - 2", 3)]
    [InlineData("8/4/2", 1)]
    [InlineData("--3 + +1", 4)]
    [InlineData(" 1.5e1\t+ .5 + 2. ", 17.5)]
    [InlineData("x", 2)]
    [InlineData("x*y_2 - x", 8)]
    [InlineData("sin(x) + cos(x) + tan(x)", -1.6918892)]
    [InlineData("exp(log(x)) + sqrt(x^2) + abs(-x) + tanh(0*x)", 6)]
    public void An_expression_has_the_value_that_mathematics_gives_it(string expression, double expected)
    {
        using var function = new DifferentiableFunction(ExpressionParser.Parse(expression, ["x", "y_2"]));
        Assert.Equal(expected, function.Evaluate([2, 5], new float[2]), 1e-5);
    }

    [Theory]
    [InlineData("", 1, "expected a number, a variable, a function or '(', found the end")]
    [InlineData("   ", 4, "found the end")]
    [InlineData("x +", 4, "found the end")]
    [InlineData("x ** 2", 4, "found '*'")]
    [InlineData("x y", 3, "expected an operator (+ - * / ^) or the end, found 'y'")]
    [InlineData("(x + 1", 7, "expected an operator (+ - * / ^) or ')', found the end")]
    [InlineData("x + 1)", 6, "found ')'")]
    [InlineData("2x", 2, "expected an operator (+ - * / ^) or the end, found 'x'")]
    [InlineData("x + zz", 5, "there is no variable 'zz'. Valid: x, y.")]
    [InlineData("cosx(x)", 1, "there is no function 'cosx'. Did you mean 'cos'? Valid: abs, cos, exp, log, sin, sqrt, tan, tanh.")]
    [InlineData("cos + 1", 5, "expected '(' after the function cos, found '+'")]
    [InlineData("x(2)", 1, "there is no function 'x'")]
    [InlineData("1e999", 1, "more than a float holds")]
    [InlineData("x + 1e39", 5, "more than a float holds")]
    [InlineData("1.2.3", 4, "found '.'")]
    [InlineData(".", 1, "expected a number such as")]
    [InlineData("1e+", 1, "expected a number such as")]
    [InlineData("x # y", 3, "found '#'")]
    [InlineData("π", 1, "found 'π'")]
    [InlineData("x\0y", 2, "found")]
    public void Anything_else_is_refused_with_its_column(string expression, int column, string expected)
    {
        var error = Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(expression, ["x", "y"]));
        Assert.StartsWith($"column {column}: ", error.Message);
        Assert.Equal(column, error.Column);
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("-")]
    [InlineData("2^")]
    [InlineData("sin(")]
    public void Deep_nesting_is_refused_before_the_stack_is_full(string layer) =>
        Assert.Contains("more than 100", Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(string.Concat(Enumerable.Repeat(layer, 2000)), ["x"])).Message);

    [Fact]
    public void A_long_sum_is_read_and_a_longer_text_is_refused()
    {
        var sum = string.Join("+", Enumerable.Repeat("x", 1000));
        using var function = new DifferentiableFunction(ExpressionParser.Parse(sum, ["x"]));
        var gradient = new float[1];
        Assert.Equal(2000, function.Evaluate([2], gradient));
        Assert.Equal(1000, gradient[0]);
        Assert.Contains("at most 10000 characters", Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(new string(' ', 10_001), ["x"])).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2x")]
    [InlineData("a.b")]
    [InlineData("cos")]
    [InlineData("value")]
    public void A_variable_needs_a_name_that_an_expression_can_use(string name) =>
        Assert.Contains($"'{name}' cannot name a variable", Assert.Throws<ExpressionException>(() => ExpressionParser.Parse("1", [name])).Message);
}
