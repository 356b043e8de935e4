using System.Numerics.Tensors;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests.Page;

/// <summary>A model that knows the digits of <see cref="DigitStrokes"/>: softmax regression, learnt from pictures of them that are sized and centred as those of MNIST.</summary>
internal static class DigitModel
{
    private const int Side = TestModels.Side;
    private const int Size = Side * Side;
    private const double Box = 20;
    private const double Pen = 2.2;
    private const int Samples = 1500;
    private const int Epochs = 12;
    private const float LearningRate = 0.05f;

    public static byte[] Train()
    {
        var random = new Random(1);
        var (weights, bias) = (new float[DigitStrokes.Count * Size], new float[DigitStrokes.Count]);
        var pictures = Enumerable.Range(0, Samples).Select(i => Draw(DigitStrokes.Vary(i % DigitStrokes.Count, random))).ToArray();
        foreach (var sample in Enumerable.Range(0, Epochs).SelectMany(_ => random.GetItems(Enumerable.Range(0, Samples).ToArray(), Samples))) Step(weights, bias, pictures[sample], sample % DigitStrokes.Count);
        return TestModels.Linear("digits", weights, bias, [.. Enumerable.Range(0, DigitStrokes.Count).Select(digit => $"{digit}")]);
    }

    /// <summary>Pixels from 0 to 1, [height, width].</summary>
    public static float[] Draw(IReadOnlyList<(double X, double Y)> stroke)
    {
        var (left, top) = (stroke.Min(p => p.X), stroke.Min(p => p.Y));
        var scale = (Box - Pen) / Math.Max(stroke.Max(p => p.X) - left, stroke.Max(p => p.Y) - top);
        var placed = stroke.Select(p => (X: (p.X - left) * scale, Y: (p.Y - top) * scale)).ToArray();
        var first = Ink(placed);
        var mass = first.Sum();
        var (x, y) = (first.Select((ink, i) => ink * (i % Side + 0.5)).Sum() / mass, first.Select((ink, i) => ink * (i / Side + 0.5)).Sum() / mass);
        return Ink([.. placed.Select(p => (p.X + Side / 2.0 - x, p.Y + Side / 2.0 - y))]);
    }

    private static float[] Ink((double X, double Y)[] line)
    {
        var pixels = new float[Size];
        for (var i = 0; i < Size; i++)
        {
            var distance = Enumerable.Range(0, line.Length - 1).Min(k => Distance(i % Side + 0.5, i / Side + 0.5, line[k], line[k + 1]));
            pixels[i] = (float)Math.Clamp(Pen / 2 + 0.5 - distance, 0, 1);
        }
        return pixels;
    }

    private static double Distance(double x, double y, (double X, double Y) from, (double X, double Y) to)
    {
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var along = Math.Clamp(((x - from.X) * dx + (y - from.Y) * dy) / Math.Max(dx * dx + dy * dy, 1e-9), 0, 1);
        return Math.Sqrt(Math.Pow(x - from.X - along * dx, 2) + Math.Pow(y - from.Y - along * dy, 2));
    }

    /// <summary>One step of gradient descent on the cross entropy.</summary>
    private static void Step(float[] weights, float[] bias, float[] picture, int digit)
    {
        var scores = bias.Select((b, k) => b + TensorPrimitives.Dot(weights.AsSpan(k * Size, Size), picture)).ToArray();
        TensorPrimitives.SoftMax(scores, scores);
        scores[digit] -= 1;
        for (var k = 0; k < scores.Length; k++)
        {
            bias[k] -= LearningRate * scores[k];
            var row = weights.AsSpan(k * Size, Size);
            TensorPrimitives.MultiplyAdd(picture, -LearningRate * scores[k], row, row);
        }
    }
}
