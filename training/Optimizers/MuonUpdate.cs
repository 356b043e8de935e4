using System.Numerics.Tensors;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>
/// Muon's step on weights in CPU memory: g' = s·g, v = μv + g', O = NewtonSchulz(g' + μv or v), w = (1 − ηλ)w − η·√max(1, rows/columns)·O.
/// It owns the room for the largest matrix's intermediate products, so that a step allocates nothing.
/// </summary>
internal sealed class MuonUpdate(MuonOptions options, IEnumerable<ParameterInfo> matrices) : IDisposable
{
    private readonly AlignedMemory _memory = new(matrices.Select(m => (long)Workspace.Of(m).Total).DefaultIfEmpty(0).Max());

    public void Run(in ParameterInfo matrix, DecayTerms decay, in StepSettings settings, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> velocity)
    {
        var space = Workspace.Of(matrix);
        var direction = _memory.Span(0, matrix.Length);
        var spare = _memory.Span(space.Spare, matrix.Length);
        var scale = (float)settings.GradientScale;
        var momentum = (float)options.Momentum;

        TensorPrimitives.Multiply(velocity, momentum, velocity);
        TensorPrimitives.MultiplyAdd(gradient, scale, velocity, velocity);
        TensorPrimitives.Multiply(gradient, scale, spare);
        if (options.Nesterov) TensorPrimitives.MultiplyAdd(velocity, momentum, spare, direction);
        else velocity.CopyTo(direction);

        Orthogonalize(direction, spare, space);
        var (rows, columns) = (matrix.Rows, matrix.Length / matrix.Rows);
        TensorPrimitives.Multiply(weights, decay.Kept, weights);
        TensorPrimitives.MultiplyAdd(direction, (float)(-settings.LearningRate * Math.Sqrt(Math.Max(1, (double)rows / columns))), weights, weights);
    }

    /// <summary>
    /// Brings the singular values of <paramref name="matrix"/> near 1, in place: X = X/‖X‖, then so many times
    /// X = aX + (bA + cA²)X with A = XXᵀ, on the side where A is smaller.
    /// </summary>
    private void Orthogonalize(Span<float> matrix, Span<float> spare, Workspace space)
    {
        var (small, large) = (space.Small, space.Large);
        var gram = _memory.Span(space.Gram, small * small);
        var polynomial = _memory.Span(space.Polynomial, small * small);
        var scratch = _memory.Span(space.Scratch, MatrixProduct.ScratchFor(large));

        TensorPrimitives.Multiply(matrix, (float)(1 / (GradientNorm.L2(matrix) + NewtonSchulz.Epsilon)), matrix);
        if (space.IsTall) Transpose(matrix, spare, large, small);
        var x = space.IsTall ? spare : matrix;
        var other = space.IsTall ? matrix : spare;
        for (var step = 0; step < options.NewtonSchulzSteps; step++)
        {
            Transpose(x, other, small, large);
            MatrixProduct.Multiply(x, other, gram, large, small, scratch);
            MatrixProduct.Multiply(gram, gram, polynomial, small, small, scratch);
            TensorPrimitives.Multiply(polynomial, NewtonSchulz.C, polynomial);
            TensorPrimitives.MultiplyAdd(gram, NewtonSchulz.B, polynomial, polynomial);
            MatrixProduct.Multiply(polynomial, x, other, small, large, scratch);
            TensorPrimitives.MultiplyAdd(x, NewtonSchulz.A, other, x);
        }
        if (space.IsTall) Transpose(x, matrix, small, large);
    }

    private static void Transpose(ReadOnlySpan<float> from, Span<float> to, int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column];
        }
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>Where a matrix's intermediates lie in the shared memory; the matrix itself lies first.</summary>
    private readonly record struct Workspace(int Small, int Large, bool IsTall)
    {
        public static Workspace Of(in ParameterInfo matrix)
        {
            var (rows, columns) = (matrix.Rows, matrix.Length / matrix.Rows);
            return new(Math.Min(rows, columns), Math.Max(rows, columns), rows > columns);
        }

        public long Spare => AlignedMemory.Padded((long)Small * Large);

        public long Gram => 2 * Spare;

        public long Polynomial => Gram + AlignedMemory.Padded((long)Small * Small);

        public long Scratch => Polynomial + AlignedMemory.Padded((long)Small * Small);

        public long Total => Scratch + MatrixProduct.ScratchFor(Large);
    }
}
