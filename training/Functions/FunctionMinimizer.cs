using System.Globalization;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Functions;

/// <summary>Looks for a minimum of a function with the optimizers and schedules that train models: its variables are the weights, its value the loss.</summary>
public static class FunctionMinimizer
{
    /// <param name="function">The function.</param>
    /// <param name="options">Start, steps, optimizer and schedule.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    /// <returns>Every point on the way, the start included. The same options give the same bits.</returns>
    /// <exception cref="TrainingException">The start does not name the function's variables, or value, gradient or point became no finite number.</exception>
    public static FunctionPath Minimize(DifferentiableFunction function, FunctionOptions options, CancellationToken cancellation = default)
    {
        var variables = function.Variables;
        if (!variables.ToHashSet().SetEquals(options.Start.Keys))
            throw new TrainingException($"function.start is of {string.Join(", ", options.Start.Keys)}, and the function's variables are {string.Join(", ", variables)}; give a number for each.");

        using var optimizer = Optimizer.Create(options.Optimizer, [.. variables.Select(name => new ParameterInfo(name, 1, Decays: false))]);
        var schedule = Schedule.Create(options.Schedule, options.Steps, stepsPerEpoch: 1);
        float[] point = [.. variables.Select(name => (float)options.Start[name])];
        var gradient = new float[point.Length];
        var points = new List<FunctionPoint>();
        var losses = new List<double>();
        for (var step = 0; ; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var value = function.Evaluate(point, gradient);
            var norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            if (!float.IsFinite(value) || !double.IsFinite(norm) || !point.All(float.IsFinite)) throw Diverged(variables, point, value, gradient, step);
            points.Add(new FunctionPoint([.. point], value, norm));
            if (step == options.Steps) return new FunctionPath(variables, points);

            if (step > 0) losses.Add(value);
            var rate = options.Optimizer.LearningRate * schedule.After(losses).Factor(step);
            for (var i = 0; i < point.Length; i++) optimizer.Update(i, point.AsSpan(i, 1), gradient.AsSpan(i, 1), new StepSettings(step + 1, rate, Epoch: step));
        }
    }

    private static TrainingException Diverged(IReadOnlyList<string> variables, float[] point, float value, float[] gradient, int step)
    {
        string Numbers(IEnumerable<float> numbers) => string.Join(", ", variables.Zip(numbers, (name, number) => string.Create(CultureInfo.InvariantCulture, $"{name} = {number}")));
        var where = step == 0 ? "at the start" : $"after step {step}";
        var what = string.Create(CultureInfo.InvariantCulture, $"The function is {value} {where}, at {Numbers(point)}; its gradient is {Numbers(gradient)}.");
        return new TrainingException(what + (step == 0 ? " Begin where both are finite numbers." : " A lower learning rate or a falling schedule usually helps."));
    }
}
