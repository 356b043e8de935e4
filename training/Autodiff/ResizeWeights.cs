namespace OnnxPipeline.Training.Autodiff;

/// <summary>
/// How much each element of an axis goes into each of a resized one. Source: the specification of Resize, https://onnx.ai/onnx/operators/onnx__Resize.html.
/// </summary>
internal sealed class ResizeWeights
{
    private readonly long _input;
    private readonly long _output;
    private readonly double _scale;
    private readonly string _transformation;
    private readonly string _mode;
    private readonly string _nearest;
    private readonly double _a;
    private readonly bool _excludeOutside;

    /// <param name="node">The Resize.</param>
    /// <param name="input">Elements along the axis.</param>
    /// <param name="output">Elements along it afterwards.</param>
    /// <param name="scale">The factor between them, as given or as their sizes make it.</param>
    /// <exception cref="AutodiffException">The resampling is by a form that is not covered.</exception>
    public ResizeWeights(Node node, long input, long output, double scale)
    {
        (_input, _output, _scale) = (input, output, scale);
        _transformation = node.String("coordinate_transformation_mode") ?? "half_pixel";
        _mode = node.String("mode") ?? "nearest";
        _nearest = node.String("nearest_mode") ?? "round_prefer_floor";
        _a = node.Float("cubic_coeff_a", -0.75f);
        _excludeOutside = node.Int("exclude_outside", 0) != 0;
        if (_transformation == "tf_crop_and_resize" || node.Int("antialias", 0) != 0)
            throw new AutodiffException($"{node.DisplayName}: the gradient of Resize covers neither coordinate_transformation_mode 'tf_crop_and_resize' nor antialias.");
    }

    /// <summary>[output, input], row by row.</summary>
    public float[] ToMatrix()
    {
        var matrix = new float[_output * _input];
        for (var i = 0L; i < _output; i++)
        {
            foreach (var (at, weight) in Taps(Source(i))) matrix[i * _input + Math.Clamp(at, 0, _input - 1)] += (float)weight;
        }
        return matrix;
    }

    /// <summary>Where an element of the output lies among those of the input.</summary>
    private double Source(long i) => _transformation switch
    {
        "align_corners" => _output == 1 ? 0 : (double)i * (_input - 1) / (_output - 1),
        "asymmetric" => i / _scale,
        "pytorch_half_pixel" => _output > 1 ? (i + 0.5) / _scale - 0.5 : 0,
        "half_pixel_symmetric" => _input / 2.0 * (1 - _output / (_scale * _input)) + (i + 0.5) / _scale - 0.5,
        _ => (i + 0.5) / _scale - 0.5,
    };

    private IEnumerable<(long At, double Weight)> Taps(double source) => _mode switch
    {
        "nearest" => [(Nearest(source), 1)],
        "linear" => Linear(Math.Clamp(source, 0, _input - 1)),
        _ => Cubic(source),
    };

    private long Nearest(double source) => (long)(_nearest switch
    {
        "floor" => Math.Floor(source),
        "ceil" => Math.Ceiling(source),
        "round_prefer_ceil" => Math.Floor(source + 0.5),
        _ => Math.Ceiling(source - 0.5),
    });

    private static IEnumerable<(long, double)> Linear(double source)
    {
        var below = Math.Floor(source);
        return [((long)below, 1 - (source - below)), ((long)below + 1, source - below)];
    }

    /// <summary>Four taps. Source: Keys, "Cubic convolution interpolation for digital image processing", 1981.</summary>
    private IEnumerable<(long At, double Weight)> Cubic(double source)
    {
        var below = (long)Math.Floor(source);
        var taps = Enumerable.Range(-1, 4).Select(k => (At: below + k, Weight: Kernel(Math.Abs(source - (below + k)))));
        if (!_excludeOutside) return taps;
        var inside = taps.Where(t => t.At >= 0 && t.At < _input).ToArray();
        return inside.Select(t => (t.At, t.Weight / inside.Sum(i => i.Weight)));
    }

    private double Kernel(double distance) => distance <= 1
        ? ((_a + 2) * distance - (_a + 3)) * distance * distance + 1
        : ((_a * distance - 5 * _a) * distance + 8 * _a) * distance - 4 * _a;
}
