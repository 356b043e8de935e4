namespace OnnxPipeline.Training.Lowering;

/// <summary>
/// A spatial axis of a convolution, cut into tiles that a <see cref="MinimalFilter"/> works on. As matrices whose rows are
/// (product, tile): what each product takes of the axis's inputs, and what it gives to its outputs.
/// </summary>
internal sealed class WinogradAxis
{
    private readonly MinimalFilter _filter;

    private WinogradAxis(MinimalFilter filter, int inputs, int outputs, int padding)
    {
        (_filter, Inputs, Outputs, Tiles) = (filter, inputs, outputs, TilesOf(filter.Outputs, outputs));
        Taken = Matrix(inputs, -padding, filter.B);
        Given = Matrix(outputs, 0, filter.A);
    }

    /// <summary>Elements of the axis before the convolution.</summary>
    public int Inputs { get; }

    /// <summary>Elements of the axis after it.</summary>
    public int Outputs { get; }

    public int Tiles { get; }

    public int Products => _filter.Products;

    public int Rows => Products * Tiles;

    /// <summary>[row, input], row by row.</summary>
    public float[] Taken { get; }

    /// <summary>[row, output], row by row.</summary>
    public float[] Given { get; }

    /// <summary>[product, tap]: what each product takes of the kernel.</summary>
    public double[,] Kernel => _filter.G;

    /// <summary>
    /// The axis in the tiles that take the fewest products; of equal ones the smallest, which round least. There are two at least:
    /// with one, the weights would grow by more than the image shrinks.
    /// </summary>
    /// <param name="taps">Elements of the kernel along the axis.</param>
    /// <param name="inputs">Elements of the axis before the convolution.</param>
    /// <param name="outputs">Elements of the axis after it.</param>
    /// <param name="padding">Zeros before the first element.</param>
    public static WinogradAxis Of(int taps, int inputs, int outputs, int padding)
    {
        var size = Enumerable.Range(1, MinimalFilter.MostOutputs(taps)).Where(m => TilesOf(m, outputs) > 1).DefaultIfEmpty(1).MinBy(m => TilesOf(m, outputs) * (m + taps - 1));
        return new WinogradAxis(new MinimalFilter(size, taps), inputs, outputs, padding);
    }

    private static int TilesOf(int size, int outputs) => (outputs + size - 1) / size;

    /// <summary>Each tile's coefficients, [product, element], at the elements of the axis that it covers; it may reach beyond both ends.</summary>
    private float[] Matrix(int elements, int first, double[,] coefficients)
    {
        var matrix = new float[Rows * elements];
        for (var product = 0; product < Products; product++)
        {
            for (var tile = 0; tile < Tiles; tile++)
            {
                for (var k = 0; k < coefficients.GetLength(1); k++)
                {
                    var element = first + tile * _filter.Outputs + k;
                    if (element >= 0 && element < elements) matrix[(product * Tiles + tile) * elements + element] = (float)coefficients[product, k];
                }
            }
        }
        return matrix;
    }
}
