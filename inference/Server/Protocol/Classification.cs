using System.Globalization;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>An output's largest values instead of all: text "value:index" or "value:index:label", largest first. Source: Triton's classification extension.</summary>
internal static class Classification
{
    /// <param name="output">[batch, …], or one axis of values; what follows the batch counts as one list of values.</param>
    /// <param name="classes">How many values to name; all where there are fewer.</param>
    /// <param name="labels">The values' names; null where they have none.</param>
    /// <returns>Text [batch, classes], or [classes].</returns>
    /// <exception cref="RequestException">400: the output is text.</exception>
    public static OrtValue Of(OrtValue output, int classes, IReadOnlyList<string>? labels)
    {
        var numbers = TensorNumbers.Of(output) ?? throw RequestException.BadRequest("The parameter 'classification' is for outputs of numbers.");
        var info = output.GetTensorTypeAndShape();
        var shape = info.Shape;
        // The shortest digits that give the element back: those of a double would show more than a float ever held.
        var single = info.ElementDataType is TensorElementType.Float or TensorElementType.Float16 or TensorElementType.BFloat16;
        var rows = shape.Length > 1 ? (int)shape[0] : 1;
        var width = rows > 0 ? numbers.Length / rows : 0;
        var count = Math.Min(classes, width);
        var named = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape.Length > 1 ? [rows, count] : [count]);
        for (var row = 0; row < rows; row++)
        {
            var first = row * width;
            var best = Enumerable.Range(0, width).OrderByDescending(i => numbers[first + i]).Take(count);
            foreach (var (place, index) in best.Index())
            {
                var number = numbers[first + index];
                var value = single ? ((float)number).ToString(CultureInfo.InvariantCulture) : number.ToString(CultureInfo.InvariantCulture);
                var text = labels is not null && labels.Count == width ? $"{value}:{index}:{labels[index]}" : $"{value}:{index}";
                named.StringTensorSetElementAt(Encoding.UTF8.GetBytes(text).AsSpan(), row * count + place);
            }
        }
        return named;
    }
}
