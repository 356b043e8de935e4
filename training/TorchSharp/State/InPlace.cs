namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>
/// Changes of a tensor's elements that leave no handle behind. TorchSharp's in-place operations return a new handle of the same tensor
/// up to 0.99, which is to be disposed of, and later the tensor itself, which is not.
/// </summary>
internal static class InPlace
{
    public static void SetZero(this Tensor tensor) => Settle(tensor, tensor.zero_());

    public static void SetAll(this Tensor tensor, double value)
    {
        using Scalar scalar = value;
        Settle(tensor, tensor.fill_(scalar));
    }

    public static void MultiplyBy(this Tensor tensor, Tensor factors) => Settle(tensor, tensor.mul_(factors));

    public static void MultiplyBy(this Tensor tensor, double factor)
    {
        using Scalar scalar = factor;
        Settle(tensor, tensor.mul_(scalar));
    }

    /// <summary>tensor + factor·other.</summary>
    public static void Accumulate(this Tensor tensor, Tensor other, double factor)
    {
        using Scalar scalar = factor;
        Settle(tensor, tensor.add_(other, scalar));
    }

    /// <param name="tensor">What is overwritten.</param>
    /// <param name="source">Elements of the same shape, anywhere.</param>
    /// <param name="nonBlocking">Whether the host goes on while pinned memory is copied.</param>
    public static void CopyFrom(this Tensor tensor, Tensor source, bool nonBlocking = false) => Settle(tensor, tensor.copy_(source, nonBlocking));

    private static void Settle(Tensor tensor, Tensor returned)
    {
        if (!ReferenceEquals(tensor, returned)) returned.Dispose();
    }
}
