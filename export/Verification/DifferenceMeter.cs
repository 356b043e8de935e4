using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Verification;

/// <summary>Gathers the differences of one output of two models, batch by batch.</summary>
internal sealed class DifferenceMeter(string output)
{
    private long _elements;
    private double _max;
    private double _sum;
    private double _largest;
    private long _rows;
    private long _agreeing;
    private string? _problem;

    public void Add(Initializer first, Initializer? second)
    {
        if (second is null) _problem ??= "the second model has no such output";
        else if (first.ElementType == ElementType.String || second.ElementType == ElementType.String) AddStrings(first, second);
        else if (!first.Dims.SequenceEqual(second.Dims)) _problem ??= $"the shapes are {first.Shape} and {second.Shape}";
        else if (Tensors.ToDoubles(first) is not { } a || Tensors.ToDoubles(second) is not { } b) _problem ??= $"numbers of {first.ElementType} and {second.ElementType} are not compared";
        else AddNumbers(a, b, first.Dims);
    }

    public OutputDifference ToDifference() => new(output, _elements, _max, _elements == 0 ? 0 : _sum / _elements, _largest, _rows == 0 ? null : (double)_agreeing / _rows, _problem);

    private void AddStrings(Initializer first, Initializer second)
    {
        if (first.ElementType != second.ElementType || !first.Dims.SequenceEqual(second.Dims)) _problem ??= $"the types are {first.Type} and {second.Type}";
        else if (!first.Strings.SequenceEqual(second.Strings)) _problem ??= "the strings differ";
        _elements += first.ElementCount;
    }

    private void AddNumbers(double[] a, double[] b, IReadOnlyList<long> dims)
    {
        for (var i = 0; i < a.Length; i++)
        {
            // NaN beside NaN and infinity beside the same infinity are no difference.
            var difference = a[i].Equals(b[i]) ? 0 : Math.Abs(a[i] - b[i]);
            if (double.IsNaN(difference)) difference = double.PositiveInfinity;
            _max = Math.Max(_max, difference);
            _sum += difference;
            if (double.IsFinite(a[i])) _largest = Math.Max(_largest, Math.Abs(a[i]));
        }
        _elements += a.Length;
        if (dims is not [var rows, > 1 and var width]) return;
        _rows += rows;
        for (var row = 0; row < rows; row++)
        {
            var at = (int)(row * width);
            if (ReferenceAnswers.ArgMax(a.AsSpan(at, (int)width)) == ReferenceAnswers.ArgMax(b.AsSpan(at, (int)width))) _agreeing++;
        }
    }
}
