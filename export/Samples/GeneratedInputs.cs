using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Export.Samples;

/// <summary>
/// Inputs made up from a model's signature, the same for the same seed: normal floats, any byte, true and false; whole numbers that are
/// valid wherever the graph looks them up directly.
/// </summary>
internal static class GeneratedInputs
{
    /// <summary>Sizes to try for axes without one, other than the batch.</summary>
    private static readonly int[] FreeSizes = [32, 224, 7, 1];

    /// <summary>Below it a whole number is a valid index nearly everywhere.</summary>
    private const int SafeIndices = 2;

    /// <param name="model">Its required inputs are made.</param>
    /// <param name="batch">Size of a first axis without one.</param>
    /// <param name="free">Size of other axes without one.</param>
    /// <param name="seed">Decides the elements.</param>
    /// <exception cref="ExportException">An input is no tensor, or of a type that is not made.</exception>
    public static IReadOnlyList<Initializer> Of(Model model, int batch, int free, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling);
        var feeds = new List<Initializer>();
        foreach (var input in model.Graph.RequiredInputs)
        {
            if (input.Type is not { Shape: { } shape } type) throw new ExportException($"The input '{input.Name}' is no tensor of known rank; inputs can be made up only for those.");
            var sizes = shape.Select((d, axis) => d.Size ?? (axis == 0 ? batch : free)).ToArray();
            feeds.Add(type.Element == ElementType.String ? Strings(input.Name, sizes) : Numbers(input.Name, type.Element, sizes, Indices(model.Graph, input.Name), ref random));
        }
        return feeds;
    }

    /// <summary>As <see cref="Of"/>, with the first size of free axes that the model runs on, and what it gives; null where it runs on none.</summary>
    /// <param name="model">Its required inputs are made.</param>
    /// <param name="runner">Runs it.</param>
    /// <param name="batch">Size of a first axis without one.</param>
    /// <param name="seed">Decides the elements.</param>
    /// <param name="why">Why it does not run on the first of them.</param>
    public static (IReadOnlyList<Initializer> Feeds, Dictionary<string, Initializer> Outputs)? FirstThatRun(Model model, GraphRunner runner, int batch, ulong seed, out OnnxRuntimeException? why)
    {
        why = null;
        foreach (var free in FreeSizes)
        {
            var feeds = Of(model, batch, free, seed);
            try
            {
                return (feeds, runner.Run(feeds));
            }
            catch (OnnxRuntimeException exception)
            {
                why ??= exception;
            }
        }
        return null;
    }

    private static Initializer Strings(string name, long[] sizes)
    {
        var count = sizes.Aggregate(1L, (product, size) => checked(product * size));
        return Initializer.OfStrings(name, [.. Enumerable.Range(0, (int)count).Select(i => $"text {i % 7}")], sizes);
    }

    private static Initializer Numbers(string name, ElementType type, long[] sizes, int indices, ref CounterRandom random)
    {
        var tensor = Initializer.Zeros(name, type, sizes);
        switch (type)
        {
            case ElementType.Float: foreach (ref var v in tensor.Span<float>()) v = (float)random.NextNormal(); break;
            case ElementType.Double: foreach (ref var v in tensor.Span<double>()) v = random.NextNormal(); break;
            case ElementType.Float16: foreach (ref var v in tensor.Span<Half>()) v = (Half)random.NextNormal(); break;
            case ElementType.UInt8: foreach (ref var v in tensor.Span<byte>()) v = (byte)random.Next(256); break;
            case ElementType.Int8: foreach (ref var v in tensor.Span<sbyte>()) v = (sbyte)(random.Next(256) - 128); break;
            case ElementType.Int64: foreach (ref var v in tensor.Span<long>()) v = random.Next(indices); break;
            case ElementType.Int32: foreach (ref var v in tensor.Span<int>()) v = random.Next(indices); break;
            case ElementType.Bool: foreach (ref var v in tensor.Span<bool>()) v = random.Next(2) == 1; break;
            default: throw new ExportException($"The input '{name}' is {type}; inputs are made up of Float, Double, Float16, UInt8, Int8, Int32, Int64, Bool and String.");
        }
        return tensor;
    }

    /// <summary>How many rows the smallest table has that an input looks up in.</summary>
    private static int Indices(Graph graph, string input)
    {
        var rows = graph.Nodes.Where(n => n.Is(Ops.Gather) && n.Input(1) == input && graph.Initializers.Contains(n.Inputs[0]))
            .Select(n => graph.Initializers[n.Inputs[0]].Dims[(int)Math.Max(0, n.Int("axis", 0))]).ToArray();
        return rows.Length == 0 ? SafeIndices : (int)Math.Clamp(rows.Min(), 1, int.MaxValue);
    }
}
