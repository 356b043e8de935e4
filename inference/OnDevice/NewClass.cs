namespace OnnxPipeline.OnDevice;

/// <summary>Sets up a class in the last layer.</summary>
internal static class NewClass
{
    /// <summary>Gives a class the mean of the weights and biases of those before it, and so the mean of their logits for any input.</summary>
    /// <param name="weights">[classes, features] where <paramref name="axis"/> is 0, else [features, classes].</param>
    /// <param name="biases">One a class.</param>
    /// <param name="axis">The axis of the weights along which classes lie.</param>
    /// <param name="width">Classes, spare ones included.</param>
    /// <param name="index">The class.</param>
    public static void SetUp(Span<float> weights, Span<float> biases, int axis, int width, int index)
    {
        var features = weights.Length / width;
        var (ofClass, ofFeature) = axis == 0 ? (features, 1) : (1, width);
        for (var feature = 0; feature < features; feature++)
        {
            var sum = 0d;
            for (var other = 0; other < index; other++) sum += weights[other * ofClass + feature * ofFeature];
            weights[index * ofClass + feature * ofFeature] = (float)(sum / index);
        }
        var bias = 0d;
        foreach (var value in biases[..index]) bias += value;
        biases[index] = (float)(bias / index);
    }
}
