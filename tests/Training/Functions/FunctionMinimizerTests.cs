using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models;
using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Functions;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Tests;

public sealed class FunctionMinimizerTests
{
    private const string Surface = "x^2 + y^2 + x*(y + 2) + cos(3*x)";

    private static readonly FunctionOptions FromThreeTwo = new()
    {
        Expression = Surface,
        Start = new Dictionary<string, double> { ["x"] = 3, ["y"] = 2 },
        Steps = 60,
        Optimizer = new SgdOptions { LearningRate = 0.2 },
        Schedule = new StepScheduleOptions { EveryEpochs = 20, Gamma = 0.5 },
    };

    [Fact]
    public void The_gradient_is_the_analytic_one_everywhere()
    {
        using var function = new DifferentiableFunction(ExpressionParser.Parse(Surface, ["x", "y"]));
        var gradient = new float[2];
        Prop.ForAll(Gen.Two(Gen.Choose(-400, 400)).ToArbitrary(), hundredths =>
        {
            var (x, y) = (hundredths.Item1 / 100.0, hundredths.Item2 / 100.0);
            var value = function.Evaluate([(float)x, (float)y], gradient);
            Assert.Equal(x * x + y * y + x * (y + 2) + Math.Cos(3 * x), value, 1e-4);
            Assert.Equal(2 * x + y + 2 - 3 * Math.Sin(3 * x), gradient[0], 1e-4);
            Assert.Equal(2 * y + x, gradient[1], 1e-4);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("3*x", 3, 0)]
    [InlineData("7", 0, 0)]
    [InlineData("x + y", 1, 1)]
    [InlineData("x^y", 12, 5.5451774)]
    [InlineData("tan(x)/y", 1.9247997, 0.2427822)]
    public void A_variable_that_does_not_matter_has_no_slope_and_two_may_share_one(string expression, double byX, double byY)
    {
        using var function = new DifferentiableFunction(ExpressionParser.Parse(expression, ["x", "y"]));
        var gradient = new float[2];
        function.Evaluate([2, 3], gradient);
        Assert.Equal(byX, gradient[0], 1e-5);
        Assert.Equal(byY, gradient[1], 1e-5);
    }

    [Fact]
    public void Gradient_descent_from_3_2_reaches_the_deeper_valley_of_the_surface()
    {
        var way = Minimize(FromThreeTwo);
        Assert.Equal(61, way.Points.Count);
        Assert.Equal([3f, 2f], way.Points[0].At);
        Assert.Equal(9 + 4 + 12 + Math.Cos(9), way.Points[0].Value, 1e-5);
        Assert.InRange(way.Points[^1].Value, -2.2808, -2);
        Assert.InRange(way.Points[^1].GradientNorm, 0, 1e-3);
    }

    [Fact]
    public void The_first_step_goes_against_the_gradient_by_the_learning_rate_and_the_schedule_counts_steps()
    {
        var way = Minimize(FromThreeTwo with { Steps = 2, Schedule = new StepScheduleOptions { EveryEpochs = 1, Gamma = 0.25 } });
        Assert.Equal(3 - 0.2 * (2 * 3 + 2 + 2 - 3 * Math.Sin(9)), way.Points[1].At[0], 1e-5);
        Assert.Equal(2 - 0.2 * (2 * 2 + 3), way.Points[1].At[1], 1e-5);
        var (x, y) = ((double)way.Points[1].At[0], (double)way.Points[1].At[1]);
        Assert.Equal(y - 0.05 * (2 * y + x), way.Points[2].At[1], 1e-5);
    }

    [Fact]
    public void The_same_options_give_the_same_way_to_the_last_bit()
    {
        var (first, second) = (Minimize(FromThreeTwo), Minimize(FromThreeTwo));
        Assert.Equal(first.Points.SelectMany(p => p.At), second.Points.SelectMany(p => p.At));
        Assert.Equal(first.Points.Select(p => (p.Value, p.GradientNorm)), second.Points.Select(p => (p.Value, p.GradientNorm)));
    }

    public static TheoryData<OptimizerOptions> Optimizers =>
    [
        new SgdOptions { LearningRate = 0.1, Momentum = 0.5, Nesterov = true }, new AdamOptions { LearningRate = 0.1 }, new AdamWOptions { LearningRate = 0.1 },
        new AdagradOptions { LearningRate = 1 }, new RmsPropOptions { LearningRate = 0.02 }, new LionOptions { LearningRate = 0.02 }, new MuonOptions { AdamW = new MuonAdamWOptions { LearningRate = 0.1 } },
    ];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_finds_the_bottom_of_a_bowl(OptimizerOptions optimizer)
    {
        var way = Minimize(new FunctionOptions { Expression = "(x - 1)^2 + 2*(y + 0.5)^2 - 3", Start = new Dictionary<string, double> { ["y"] = 1, ["x"] = 0 }, Steps = 300, Optimizer = optimizer, Schedule = new LinearScheduleOptions() });
        Assert.Equal(["x", "y"], way.Variables);
        Assert.InRange(way.Points[^1].Value, -3.0001, -2.9);
    }

    [Fact]
    public void A_plateau_watches_the_functions_value()
    {
        var options = new FunctionOptions { Expression = "abs(x)", Start = new Dictionary<string, double> { ["x"] = 0.3 }, Steps = 60, Optimizer = new SgdOptions { LearningRate = 0.2 } };
        var constant = Minimize(options).Points[^1].Value;
        Assert.Equal(0.1, constant, 1e-3);
        Assert.InRange(Minimize(options with { Schedule = new PlateauScheduleOptions { Patience = 1, Factor = 0.5 } }).Points[^1].Value, 0, 0.01);
    }

    [Theory]
    [InlineData("x^4", 3, 1, "after step")]
    [InlineData("log(x)", -1, 0.1, "at the start, at x = -1")]
    [InlineData("sqrt(x)", 0, 0.1, "its gradient is x = Infinity")]
    [InlineData("-exp(x)", 1, 5, "A lower learning rate")]
    public void What_is_no_longer_finite_is_an_error_that_names_step_and_point(string expression, double start, double rate, string expected)
    {
        var options = new FunctionOptions { Expression = expression, Start = new Dictionary<string, double> { ["x"] = start }, Optimizer = new SgdOptions { LearningRate = rate } };
        Assert.Contains(expected, Assert.Throws<TrainingException>(() => Minimize(options)).Message);
    }

    [Fact]
    public void A_model_that_is_no_function_of_numbers_is_refused_with_every_reason()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("image", ElementType.Float, 2, 3);
        g.Output(g.Node(Ops.Relu, [x]), "scores");
        var error = Assert.Throws<TrainingException>(() => new DifferentiableFunction(g.Build())).Message;
        Assert.Contains("its input 'image' is ", error);
        Assert.Contains("its output 'scores' is ", error);
    }

    [Fact]
    public void A_model_of_scalars_without_axes_is_a_function_and_its_own_weights_stay_as_they_are()
    {
        var g = new GraphBuilder("scaled");
        var x = g.Input("a.x", ElementType.Float);
        g.Output(g.Node(Ops.Mul, [g.Node(Ops.Mul, [x, x]), g.Initializer(Initializer.Create<float>("w", [4f], [1]))]), "y");
        var model = g.Build();
        var before = model.ToBytes();
        using var function = new DifferentiableFunction(model);
        var gradient = new float[1];
        Assert.Equal((36f, 24f), (function.Evaluate([3], gradient), gradient[0]));
        Assert.Equal(before, model.ToBytes());
    }

    [Fact]
    public void An_op_without_a_gradient_is_named()
    {
        var g = new GraphBuilder("steps");
        g.Output(g.Node(Ops.Floor, [g.Input("x", ElementType.Float, 1)]), "y");
        Assert.Contains("Floor has no gradient rule", Assert.Throws<AutodiffException>(() => new DifferentiableFunction(g.Build())).Message);
    }

    [Fact]
    public void A_start_of_other_variables_lists_the_functions_own()
    {
        using var function = new DifferentiableFunction(ExpressionParser.Parse(Surface, ["x", "y"]));
        var options = FromThreeTwo with { Start = new Dictionary<string, double> { ["x"] = 1, ["z"] = 1 } };
        Assert.Contains("function.start is of x, z, and the function's variables are x, y", Assert.Throws<TrainingException>(() => FunctionMinimizer.Minimize(function, options)).Message);
    }

    private static FunctionPath Minimize(FunctionOptions options)
    {
        using var function = new DifferentiableFunction(ExpressionParser.Parse(options.Expression!, options.Variables()));
        return FunctionMinimizer.Minimize(function, options);
    }
}
