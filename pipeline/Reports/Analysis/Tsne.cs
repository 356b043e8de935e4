using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Pipeline.Reports.Analysis;

/// <summary>
/// t-SNE: lays points out in the plane so that near ones stay near. The exact method, for at most a thousand points or so.
/// Source: van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 9, 2008.
/// </summary>
internal sealed class Tsne
{
    private const double ExaggerationFactor = 4;
    private const double LeastGain = 0.01;
    private const double LeastProbability = 1e-12;
    private readonly int _count;
    private readonly double[] _affinities;
    private readonly double[] _kernel;
    private readonly double[] _gradient;
    private readonly double[] _velocity;
    private readonly double[] _gains;

    /// <param name="points">[points, features]</param>
    /// <param name="perplexity">Effective neighbours of a point; made smaller where there are too few points for it.</param>
    /// <param name="seed">Of the first layout.</param>
    public Tsne(double[,] points, double perplexity, ulong seed)
    {
        _count = points.GetLength(0);
        _affinities = Affinities.Of(points, Math.Min(perplexity, Math.Max(1, (_count - 1) / 3.0)));
        _kernel = new double[_count * _count];
        (_gradient, _velocity, _gains) = (new double[2 * _count], new double[2 * _count], new double[2 * _count]);
        Array.Fill(_gains, 1);
        Layout = new double[2 * _count];
        var random = new CounterRandom(seed, RandomPurpose.Sampling, 1);
        for (var i = 0; i < Layout.Length; i++) Layout[i] = 1e-4 * random.NextNormal();
    }

    /// <summary>x and y of each point in turn.</summary>
    public double[] Layout { get; }

    /// <summary>Moves the points. The first quarter of the steps pulls them together more strongly, and has less momentum.</summary>
    public void Run(int steps)
    {
        // The rate of Belkina et al., "Automated optimized parameters for t-SNE", 2019: it grows with the points.
        var rate = Math.Max(_count / ExaggerationFactor / 4, 50);
        for (var step = 0; step < steps; step++)
        {
            var early = step < steps / 4;
            Step(rate, early ? 0.5 : 0.8, early ? ExaggerationFactor : 1);
        }
    }

    /// <summary>The Kullback-Leibler divergence of the layout's neighbourhoods from the points', in nats: what the steps make smaller.</summary>
    public double Divergence()
    {
        var total = Kernel();
        var sum = 0.0;
        for (var i = 0; i < _affinities.Length; i++)
            if (_affinities[i] > 0) sum += _affinities[i] * Math.Log(_affinities[i] / Math.Max(_kernel[i] / total, LeastProbability));
        return sum;
    }

    private void Step(double rate, double momentum, double exaggeration)
    {
        var total = Kernel();
        Parallel.For(0, _count, i => Gradient(i, total, exaggeration));
        for (var i = 0; i < Layout.Length; i++)
        {
            // Jacobs's gains, as in the paper's code: longer steps where the direction stays, shorter where it turns.
            _gains[i] = Math.Max(LeastGain, _gradient[i] > 0 != _velocity[i] > 0 ? _gains[i] + 0.2 : _gains[i] * 0.8);
            _velocity[i] = momentum * _velocity[i] - rate * _gains[i] * _gradient[i];
            Layout[i] += _velocity[i];
        }
    }

    /// <summary>Student's kernel 1 / (1 + distance²) of every two points, 0 for a point and itself; their sum, row by row, so that threads do not change it.</summary>
    private double Kernel()
    {
        var sums = new double[_count];
        Parallel.For(0, _count, i =>
        {
            var sum = 0.0;
            var (x, y) = (Layout[2 * i], Layout[2 * i + 1]);
            for (var j = 0; j < _count; j++)
            {
                var (dx, dy) = (x - Layout[2 * j], y - Layout[2 * j + 1]);
                var value = i == j ? 0 : 1 / (1 + dx * dx + dy * dy);
                _kernel[i * _count + j] = value;
                sum += value;
            }
            sums[i] = sum;
        });
        return Math.Max(sums.Sum(), LeastProbability);
    }

    /// <summary>4 Σⱼ (pᵢⱼ − qᵢⱼ) (yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²)</summary>
    private void Gradient(int i, double total, double exaggeration)
    {
        var (gx, gy) = (0.0, 0.0);
        var (x, y) = (Layout[2 * i], Layout[2 * i + 1]);
        for (var j = 0; j < _count; j++)
        {
            var kernel = _kernel[i * _count + j];
            var pull = (exaggeration * _affinities[i * _count + j] - kernel / total) * kernel;
            gx += pull * (x - Layout[2 * j]);
            gy += pull * (y - Layout[2 * j + 1]);
        }
        (_gradient[2 * i], _gradient[2 * i + 1]) = (4 * gx, 4 * gy);
    }
}
