using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Functions;

/// <summary>A function of a few numbers, and how its minimum is looked for. Steps stand in for the epochs that a schedule counts in.</summary>
public sealed record FunctionOptions
{
    /// <summary>The function, for example x^2 + y^2 + cos(3*x): + - * / ^, parentheses, numbers, the variables of start, and sin, cos, tan, exp, log, sqrt, abs, tanh. Null where model is given.</summary>
    public string? Expression { get; init; }

    /// <summary>The path of an ONNX model in place of an expression: its inputs and its one output are floats of one element each. Null where an expression is given.</summary>
    public string? Model { get; init; }

    /// <summary>The variables, and where the search begins.</summary>
    public required IReadOnlyDictionary<string, double> Start { get; init; }

    /// <summary>How many steps are taken.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>What takes a step along the gradient. Weight decay does not apply: variables are no matrices.</summary>
    public OptimizerOptions Optimizer { get; init; } = new SgdOptions { LearningRate = 0.1 };

    /// <summary>How the learning rate changes; its epochs are steps here, and the loss that a plateau watches is the function's value.</summary>
    public ScheduleOptions Schedule { get; init; } = new ConstantScheduleOptions();

    /// <summary>The variables' names in the order that a function made of the expression takes them; it does not depend on how they were written down.</summary>
    public IReadOnlyList<string> Variables() => [.. Start.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Everything that is wrong; empty when nothing is.</summary>
    public IReadOnlyList<(string Option, string Problem)> Validate()
    {
        var problems = new List<(string, string)>();
        if (Expression is null == Model is null) problems.Add(("", Model is null ? "there is no function; give function.expression, for example x^2 + y^2, or function.model." : "expression and model exclude each other; leave one of them out."));
        problems.AddRange(OptimizerCheck.Problems(Optimizer).Select(p => (nameof(Optimizer), p)));
        if (Schedule.WarmupEpochs >= Steps) problems.Add((nameof(Schedule), $"the warm-up must end before the steps do: expected less than {Steps}, found {Schedule.WarmupEpochs}."));
        if (Expression is null || problems.Count > 0) return problems;
        try
        {
            _ = ExpressionParser.Parse(Expression, Variables());
        }
        catch (ExpressionException exception)
        {
            problems.Add((nameof(Expression), exception.Message));
        }
        return problems;
    }
}
