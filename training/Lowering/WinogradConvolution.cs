using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Lowering;

/// <summary>
/// Writes one convolution of X [N, C, H, W] with W [O, C, kh, kw] in Winograd's form. Along an axis that is y = Aᵀ[(G·w) ⊙ (B·x)];
/// along two, and over channels, ⊙ becomes a matrix product over C for each product p of the columns and q of the rows:
/// M[p, q] = V[p, q]·U[p, q]ᵀ, in which V has a row for each tile and sample.
/// A transform of the last axis is one matrix product that puts the axis first; so nothing has to be transposed.
/// </summary>
internal sealed class WinogradConvolution(Node node, GraphWriter writer, long[] weights, WinogradAxis rows, WinogradAxis columns)
{
    public void Write()
    {
        var (filters, channels, taps) = (weights[0], weights[1], weights[2] * weights[3]);

        // X as [column, N·C·H], then as [column, row, N·C].
        var byColumn = Product("columns", Constant(columns.Taken, columns.Rows, columns.Inputs), Reshape(node.Inputs[0], -1, columns.Inputs), transB: true);
        var byRow = Product("rows", Constant(rows.Taken, rows.Rows, rows.Inputs), Reshape(byColumn, columns.Rows, -1, rows.Inputs), transB: true);
        var kernels = Product("kernels", Constant(Kernels(), columns.Products * rows.Products, taps), Reshape(node.Inputs[1], -1, taps), transB: true);

        var v = Reshape(byRow, columns.Products, columns.Tiles, rows.Products, -1, channels);
        var u = Reshape(kernels, columns.Products, 1, rows.Products, filters, channels);
        var m = Product("products", v, u, transB: true);

        // Back to [column, N·O·H] and [N·O·H, W].
        var ofRows = Product("row_sums", Reshape(m, columns.Rows, rows.Rows, -1), Constant(rows.Given, rows.Rows, rows.Outputs), transA: true);
        var ofColumns = Product("column_sums", Reshape(ofRows, columns.Rows, -1), Constant(columns.Given, columns.Rows, columns.Outputs), transA: true);
        var image = writer.Constant(-1, filters, rows.Outputs, columns.Outputs);
        var last = node.Input(2) is { } bias
            ? new Node(Ops.Add, [writer.Op(Ops.Reshape, ofColumns, image), Reshape(bias, filters, 1, 1)], [node.Outputs[0]], node.Name)
            : new Node(Ops.Reshape, [ofColumns, image], [node.Outputs[0]], node.Name);
        writer.Graph.Nodes.Add(last);
    }

    /// <summary>What each pair of products (p, q) takes of the kernel: [(p, q), (row, column)].</summary>
    private float[] Kernels()
    {
        var kernels = new List<float>();
        for (var p = 0; p < columns.Products; p++)
        {
            for (var q = 0; q < rows.Products; q++)
            {
                for (var i = 0; i < weights[2]; i++)
                {
                    for (var j = 0; j < weights[3]; j++) kernels.Add((float)(rows.Kernel[q, i] * columns.Kernel[p, j]));
                }
            }
        }
        return [.. kernels];
    }

    /// <summary>A product named after the convolution, so that whoever looks for a value knows where it is from.</summary>
    private string Product(string step, string a, string b, bool transA = false, bool transB = false)
    {
        var name = writer.Fresh($"{node.Outputs[0]}/{step}");
        writer.Graph.Nodes.Add(new Node(Ops.FusedMatMul, [a, b], [name], name, Domains.Microsoft).Set("transA", transA ? 1L : 0L).Set("transB", transB ? 1L : 0L));
        return name;
    }

    private string Reshape(string value, params long[] shape) => writer.Op(Ops.Reshape, value, writer.Constant(shape));

    private string Constant(float[] values, params long[] shape) => writer.Shared(Initializer.Create<float>("", values, shape));
}
