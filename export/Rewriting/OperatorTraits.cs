using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>What passes must know of operators besides their types.</summary>
internal static class OperatorTraits
{
    private static readonly HashSet<string> Random = ["Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"];

    private static readonly HashSet<string> Commutative = [Ops.Add, Ops.And, Ops.Equal, Ops.Max, Ops.Mean, Ops.Min, Ops.Mul, Ops.Or, Ops.Sum, Ops.Xor];

    /// <summary>Operators that treat each element by itself, with broadcasting where they have several inputs.</summary>
    private static readonly HashSet<string> Elementwise =
    [
        Ops.Abs, Ops.Acos, Ops.Acosh, Ops.Add, Ops.And, Ops.Asin, Ops.Asinh, Ops.Atan, Ops.Atanh, Ops.Cast, Ops.Ceil, Ops.Celu, Ops.Clip, Ops.Cos,
        Ops.Cosh, Ops.Div, Ops.Elu, Ops.Equal, Ops.Erf, Ops.Exp, Ops.Floor, Ops.Gelu, Ops.Greater, Ops.GreaterOrEqual, Ops.HardSigmoid,
        Ops.HardSwish, Ops.Identity, Ops.IsInf, Ops.IsNaN, Ops.LeakyRelu, Ops.Less, Ops.LessOrEqual, Ops.Log, Ops.Max, Ops.Mean, Ops.Min,
        Ops.Mish, Ops.Mod, Ops.Mul, Ops.Neg, Ops.Not, Ops.Or, Ops.PRelu, Ops.Pow, Ops.Reciprocal, Ops.Relu, Ops.Round, Ops.Selu, Ops.Shrink,
        Ops.Sigmoid, Ops.Sign, Ops.Sin, Ops.Sinh, Ops.Softplus, Ops.Softsign, Ops.Sqrt, Ops.Sub, Ops.Sum, Ops.Tan, Ops.Tanh,
        Ops.ThresholdedRelu, Ops.Where, Ops.Xor,
    ];

    /// <summary>Whether the result differs from run to run.</summary>
    public static bool IsRandom(Node node) => node.Domain == Domains.Onnx && Random.Contains(node.OpType);

    /// <summary>Whether the inputs may change places.</summary>
    public static bool IsCommutative(Node node) => node.Domain == Domains.Onnx && Commutative.Contains(node.OpType);

    public static bool IsElementwise(Node node) => node.Domain == Domains.Onnx && Elementwise.Contains(node.OpType);

    /// <summary>Whether the operator is known to depend on its inputs and attributes alone.</summary>
    public static bool IsPure(Node node) => node.Domain is Domains.Onnx or Domains.Microsoft or Domains.MachineLearning && !IsRandom(node);
}
