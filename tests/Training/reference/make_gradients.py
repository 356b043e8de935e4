"""Makes gradients.json: PyTorch's gradients of single ONNX nodes and of the loss.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python3 make_gradients.py

A case is a node: op, domain, opset, attributes, inputs in ONNX's order, outputs. Its loss is sum(first output * cotangent);
"gradients" holds the loss's gradient with respect to each input that has one. Inputs keep clear of kinks and ties, so the
same cases serve finite differences.
"""

import torch
import torch.nn.functional as F

from figures import distinct, normal, numbers, tensor, uniform, write
from onnx_in_torch import batch_statistics, run_node

G = torch.Generator().manual_seed(20240501)
CASES = []


def n(*shape, **options):
    return normal(G, *shape, **options)


def u(low, high, *shape):
    return uniform(G, low, high, *shape)


def d(*shape, **options):
    return distinct(G, *shape, **options)


def ints(*values):
    return torch.tensor(values, dtype=torch.int64)


def case(name, op, inputs, attributes=None, constant=(), domain="", opset=17, outputs=("Y",), extras=None, initializers=()):
    attributes = attributes or {}
    leaves = {key: None if value is None else value.clone().requires_grad_(value.is_floating_point() and key not in constant) for key, value in inputs.items()}
    results = run_node(op, attributes, leaves.values())
    cotangent = n(*results[0].shape) if results[0].dim() else torch.tensor(1.0, dtype=torch.float64)
    (results[0] * cotangent).sum().backward()
    CASES.append({
        "name": name, "op": op, "domain": domain, "opset": opset, "attributes": attributes,
        "inputs": [tensor(key, value) if value is not None else tensor("", torch.zeros(0)) for key, value in inputs.items()],
        "outputs": [tensor(key, value) for key, value in zip(outputs, results)],
        "cotangent": numbers(cotangent),
        "gradients": {key: numbers(value.grad) for key, value in leaves.items() if value is not None and value.grad is not None},
        **({"initializers": list(initializers)} if initializers else {}),
        **({"extras": [tensor(key, value) for key, value in extras.items()]} if extras else {}),
    })


def products():
    case("linear", "Gemm", {"A": n(4, 5), "B": n(3, 5), "C": n(3)}, {"transB": 1})
    case("linear without bias", "Gemm", {"A": n(4, 5), "B": n(3, 5)}, {"transB": 1})
    case("gemm plain", "Gemm", {"A": n(2, 3), "B": n(3, 4), "C": n(2, 4)})
    case("gemm alpha beta", "Gemm", {"A": n(4, 5), "B": n(3, 5), "C": n(3)}, {"transB": 1, "alpha": 0.5, "beta": -2.0})
    case("gemm transposed A", "Gemm", {"A": n(5, 4), "B": n(5, 3), "C": n(1, 3)}, {"transA": 1})
    case("gemm transposed both", "Gemm", {"A": n(5, 4), "B": n(3, 5), "C": n(4, 1)}, {"transA": 1, "transB": 1, "alpha": 1.5})
    case("matmul", "MatMul", {"A": n(4, 5), "B": n(5, 3)})
    case("matmul batched", "MatMul", {"A": n(2, 3, 4), "B": n(2, 4, 2)})
    case("matmul shared right", "MatMul", {"A": n(2, 3, 4), "B": n(4, 5)})
    case("matmul shared left", "MatMul", {"A": n(3, 4), "B": n(2, 4, 2)})
    case("matmul broadcast batch", "MatMul", {"A": n(2, 1, 3, 4), "B": n(3, 4, 2)})
    case("matmul vector right", "MatMul", {"A": n(3, 4), "B": n(4)})


def convolutions():
    def conv(name, x, w, bias=True, **attributes):
        inputs = {"X": n(*x), "W": n(*w, scale=0.5), **({"B": n(w[0])} if bias else {})}
        case(name, "Conv", inputs, {"kernel_shape": list(w[2:]), **attributes})

    conv("conv 3x3", (2, 3, 5, 5), (4, 3, 3, 3), pads=[1, 1, 1, 1])
    conv("conv 3x3 unpadded", (2, 2, 5, 6), (3, 2, 3, 3))
    conv("conv 3x3 stride 2", (2, 2, 6, 6), (3, 2, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    conv("conv 3x3 stride 2 odd", (1, 2, 7, 5), (2, 2, 3, 3), strides=[2, 2])
    conv("conv 3x3 stride 2 remainder", (1, 2, 8, 6), (2, 2, 3, 3), strides=[2, 2])
    conv("conv 2x3 stride 2x1", (2, 2, 6, 5), (3, 2, 2, 3), strides=[2, 1], pads=[0, 1, 0, 1])
    conv("conv groups", (2, 4, 5, 5), (6, 2, 3, 3), group=2, pads=[1, 1, 1, 1])
    conv("conv groups stride 2", (1, 4, 6, 6), (4, 2, 3, 3), group=2, pads=[1, 1, 1, 1], strides=[2, 2])
    conv("conv depthwise", (2, 3, 5, 5), (3, 1, 3, 3), group=3, pads=[1, 1, 1, 1])
    conv("conv depthwise multiplier 2", (2, 2, 5, 5), (4, 1, 3, 3), group=2, pads=[1, 1, 1, 1])
    conv("conv dilation 2", (2, 2, 7, 7), (3, 2, 3, 3), dilations=[2, 2], pads=[2, 2, 2, 2])
    conv("conv dilation and stride", (1, 2, 8, 8), (2, 2, 3, 3), dilations=[2, 2], strides=[2, 2], pads=[1, 1, 1, 1])
    conv("conv 1x1", (2, 3, 4, 4), (5, 3, 1, 1), bias=False)
    conv("conv 1x1 stride 2", (2, 3, 4, 4), (2, 3, 1, 1), strides=[2, 2])
    conv("conv 5x5", (1, 2, 6, 6), (2, 2, 5, 5), pads=[2, 2, 2, 2])
    conv("conv without bias", (2, 3, 5, 5), (2, 3, 3, 3), bias=False, pads=[1, 1, 1, 1])


def normalisations():
    def batch_norm(name, x, **attributes):
        channels = x.shape[1]
        mean, variance = n(channels, scale=0.3), u(0.5, 1.5, channels)
        batch_mean, batch_variance = batch_statistics(x)
        count = x.numel() // channels
        keep = attributes.get("momentum", 0.9)
        unbiased = batch_variance * count / (count - 1)
        case(name, "BatchNormalization",
             {"X": x, "scale": n(channels, away=0.2), "B": n(channels), "input_mean": mean, "input_var": variance},
             {"training_mode": 1, **attributes}, constant=("input_mean", "input_var"),
             outputs=("Y", "running_mean", "running_var"),
             extras={"batch_mean": batch_mean, "batch_variance": batch_variance,
                     "pytorch_running_var": keep * variance + (1 - keep) * unbiased})

    batch_norm("batch norm 1d", n(6, 4) + 0.5, momentum=0.9, epsilon=1e-5)
    batch_norm("batch norm 2d", 2 * n(3, 3, 4, 4) - 1, momentum=0.9, epsilon=1e-5)
    batch_norm("batch norm 2d momentum 0", n(2, 2, 3, 3), momentum=0.0, epsilon=1e-3)
    case("layer norm", "LayerNormalization", {"X": n(3, 4, 5), "Scale": n(5), "B": n(5)}, {"axis": -1, "epsilon": 1e-5})


def activations():
    for name, op, attributes, x in (
        ("relu", "Relu", {}, n(3, 5, away=0.05)),
        ("leaky relu", "LeakyRelu", {"alpha": 0.01}, n(3, 5, away=0.05)),
        ("leaky relu 0.2", "LeakyRelu", {"alpha": 0.2}, n(2, 3, 2, 2, away=0.05)),
        ("tanh", "Tanh", {}, n(3, 5)),
        ("sigmoid", "Sigmoid", {}, n(3, 5, scale=2)),
        ("erf", "Erf", {}, n(3, 5)),
        ("softmax last axis", "Softmax", {"axis": -1}, n(3, 5)),
        ("softmax axis 1", "Softmax", {"axis": 1}, n(2, 4, 3)),
        ("log softmax last axis", "LogSoftmax", {"axis": -1}, n(3, 5, scale=2)),
        ("log softmax axis 1", "LogSoftmax", {"axis": 1}, n(2, 4, 3)),
    ):
        case(name, op, {"X": x}, attributes)
    case("gelu", "Gelu", {"X": n(3, 5, scale=1.5)}, opset=20)
    case("gelu of com.microsoft", "Gelu", {"X": n(3, 5, scale=1.5)}, domain="com.microsoft")


def pools():
    case("max pool 2x2", "MaxPool", {"X": d(2, 2, 4, 4)}, {"kernel_shape": [2, 2], "strides": [2, 2]})
    case("max pool 2x2 remainder", "MaxPool", {"X": d(1, 2, 5, 5)}, {"kernel_shape": [2, 2], "strides": [2, 2]})
    case("max pool 3x3 stride 2 pad 1", "MaxPool", {"X": d(2, 2, 6, 6)}, {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]})
    case("max pool 3x3 overlapping", "MaxPool", {"X": d(1, 2, 5, 5)}, {"kernel_shape": [3, 3], "strides": [1, 1]})
    case("average pool 2x2", "AveragePool", {"X": n(2, 2, 4, 4)}, {"kernel_shape": [2, 2], "strides": [2, 2]})
    case("average pool 2x2 remainder", "AveragePool", {"X": n(1, 2, 5, 5)}, {"kernel_shape": [2, 2], "strides": [2, 2]})
    for include in (0, 1):
        case(f"average pool padded, count_include_pad {include}", "AveragePool", {"X": n(2, 2, 5, 5)},
             {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "count_include_pad": include})
    case("average pool 3x3 overlapping", "AveragePool", {"X": n(1, 2, 5, 4)}, {"kernel_shape": [3, 3], "strides": [1, 1]})
    case("global average pool", "GlobalAveragePool", {"X": n(2, 3, 4, 3)})
    case("global max pool", "GlobalMaxPool", {"X": d(2, 3, 3, 3)})


def shapes():
    case("flatten", "Flatten", {"X": n(2, 3, 2, 2)}, {"axis": 1})
    case("reshape", "Reshape", {"X": n(2, 6), "shape": ints(3, 4)})
    case("transpose", "Transpose", {"X": n(2, 3, 4)}, {"perm": [2, 0, 1]})
    case("identity", "Identity", {"X": n(2, 3)})
    case("concat axis 1", "Concat", {"X0": n(2, 3), "X1": n(2, 2), "X2": n(2, 1)}, {"axis": 1}, outputs=("concat_result",))
    case("concat axis -1", "Concat", {"X0": n(2, 2, 3), "X1": n(2, 2, 2)}, {"axis": -1}, outputs=("concat_result",))
    case("concat channels", "Concat", {"X0": n(2, 1, 2, 2), "X1": n(2, 3, 2, 2)}, {"axis": 1}, outputs=("concat_result",))


def elementwise():
    pairs = (("same shape", (2, 3), (2, 3)), ("row", (4, 3), (3,)), ("column", (2, 3), (2, 1)), ("both ways", (2, 1, 3), (4, 1)),
             ("channels", (2, 3, 2, 2), (3, 1, 1)), ("scalar", (2, 3), ()), ("scalar first", (), (2, 3)))
    for op in ("Add", "Sub", "Mul", "Div"):
        for name, a, b in pairs:
            case(f"{op.lower()} {name}", op, {"A": n(*a), "B": n(*b, away=0.5)}, outputs=("C",))
    case("pow square", "Pow", {"X": n(2, 3), "Y": torch.tensor(2.0, dtype=torch.float64)}, constant=("Y",), outputs=("Z",))
    case("pow cube", "Pow", {"X": n(2, 3), "Y": torch.tensor([3.0], dtype=torch.float64)}, constant=("Y",), outputs=("Z",))
    case("pow both", "Pow", {"X": u(0.5, 2, 2, 3), "Y": n(3)}, outputs=("Z",))
    case("exp", "Exp", {"X": n(2, 3)})
    case("log", "Log", {"X": u(0.3, 3, 2, 3)})
    case("sqrt", "Sqrt", {"X": u(0.3, 3, 2, 3)})
    case("neg", "Neg", {"X": n(2, 3)})
    case("abs", "Abs", {"X": n(2, 3, away=0.1)})


def reductions():
    case("reduce sum all", "ReduceSum", {"data": n(2, 3)}, {"keepdims": 0}, outputs=("reduced",))
    case("reduce sum axis 1", "ReduceSum", {"data": n(2, 3, 4), "axes": ints(1)}, {"keepdims": 1}, outputs=("reduced",))
    case("reduce sum axes without keepdims", "ReduceSum", {"data": n(2, 3, 4), "axes": ints(0, -1)}, {"keepdims": 0}, outputs=("reduced",))
    case("reduce mean all", "ReduceMean", {"data": n(2, 3)}, {"keepdims": 0}, outputs=("reduced",))
    case("reduce mean last axis", "ReduceMean", {"data": n(2, 3, 4)}, {"axes": [-1], "keepdims": 1}, outputs=("reduced",))
    case("reduce mean axes without keepdims", "ReduceMean", {"data": n(2, 3, 2, 2)}, {"axes": [2, 3], "keepdims": 0}, outputs=("reduced",))


def losses():
    labels = torch.randint(0, 5, (4,), generator=G)
    for reduction in ("mean", "sum"):
        case(f"softmax cross-entropy {reduction}", "SoftmaxCrossEntropyLoss", {"scores": n(4, 5, scale=2), "labels": labels},
             {"reduction": reduction}, outputs=("output",))
    case("softplus", "Softplus", {"X": n(3, 5, scale=2)})


def few_positions():
    """After the others, so that their random values stay."""
    case("conv with few positions", "Conv", {"X": n(3, 4, 3, 4), "W": n(16, 4, 3, 3), "B": n(16)}, {"kernel_shape": [3, 3]}, outputs=("Y",))
    case("conv with few positions, padded", "Conv", {"X": n(2, 3, 2, 2), "W": n(20, 3, 3, 3)}, {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}, outputs=("Y",))


def rectifiers():
    for name, op, attributes in (
        ("elu", "Elu", {}), ("elu 0.5", "Elu", {"alpha": 0.5}), ("selu", "Selu", {}), ("celu 0.7", "Celu", {"alpha": 0.7}),
        ("thresholded relu", "ThresholdedRelu", {"alpha": 0.0}), ("hard sigmoid", "HardSigmoid", {"alpha": 0.2, "beta": 0.5}), ("hard swish", "HardSwish", {}),
        ("softsign", "Softsign", {}),
    ):
        case(name, op, {"X": n(4, 6, scale=2, away=0.05)}, attributes)
    case("mish", "Mish", {"X": n(3, 5, scale=2)}, opset=18)
    case("quick gelu", "QuickGelu", {"X": n(3, 5, scale=2)}, {"alpha": 1.702}, domain="com.microsoft")
    case("bias gelu", "BiasGelu", {"A": n(3, 5), "B": n(5)}, domain="com.microsoft", outputs=("C",))
    case("fast gelu", "FastGelu", {"X": n(3, 5)}, domain="com.microsoft")
    case("fast gelu with bias", "FastGelu", {"X": n(3, 5), "bias": n(5)}, domain="com.microsoft")
    case("prelu by channel", "PRelu", {"X": n(2, 3, 2, 2, away=0.05), "slope": n(3, 1, 1)})
    case("prelu one slope", "PRelu", {"X": n(3, 4, away=0.05), "slope": n(1)})
    low, high = torch.tensor(-0.52, dtype=torch.float32).double(), torch.tensor(0.77, dtype=torch.float32).double()
    case("clip", "Clip", {"X": d(4, 5), "min": low, "max": high}, constant=("min", "max"))
    case("clip from below", "Clip", {"X": d(4, 5), "min": low}, constant=("min",))


def selections():
    case("max", "Max", {"A": d(3, 4), "B": d(3, 4) + 0.013}, outputs=("C",))
    case("max of three, broadcast", "Max", {"A": d(2, 3), "B": d(3) + 0.013, "C": d(2, 1) + 0.029}, outputs=("Y",))
    case("min", "Min", {"A": d(3, 4), "B": d(3, 4) + 0.013}, outputs=("C",))
    case("mean of three", "Mean", {"A": n(2, 3), "B": n(3), "C": n(2, 1)}, outputs=("Y",))
    case("where", "Where", {"condition": n(3, 4) > 0, "A": n(3, 4), "B": n(3, 4)}, outputs=("C",))
    case("where, broadcast", "Where", {"condition": n(3, 1) > 0, "A": n(3, 4), "B": n(4)}, outputs=("C",))


def trigonometry():
    for op in ("Sinh", "Cosh", "Atan", "Asinh"):
        case(op.lower(), op, {"X": n(2, 3)})
    for op in ("Asin", "Acos", "Atanh"):
        case(op.lower(), op, {"X": u(-0.7, 0.7, 2, 3)})
    case("acosh", "Acosh", {"X": u(1.5, 3, 2, 3)})


def slices():
    far = 1 << 62
    for name, shape, starts, ends, axes, steps in (
        ("slice", (4, 5), (1, 2), (3, 5), (0, 1), (1, 1)), ("slice from the end", (2, 6), (-4,), (-1,), (1,), (1,)),
        ("slice every second", (2, 7), (1,), (far,), (1,), (2,)), ("slice every third of the middle", (3, 9, 2), (1,), (8,), (1,), (3,)),
        ("slice backwards", (2, 5), (-1,), (-far,), (1,), (-1,)), ("slice backwards every second", (2, 7), (5,), (0,), (1,), (-2,)),
    ):
        case(name, "Slice", {"data": n(*shape), "starts": ints(*starts), "ends": ints(*ends), "axes": ints(*axes), "steps": ints(*steps)}, outputs=("output",))
    case("split", "Split", {"input": n(2, 6), "split": ints(1, 2, 3)}, {"axis": 1}, outputs=("a", "b", "c"))
    case("pad", "Pad", {"data": n(2, 3, 4), "pads": ints(0, 1, 2, 0, 0, 3)}, outputs=("output",))
    case("pad and crop", "Pad", {"data": n(2, 5), "pads": ints(0, -1, 0, 2)}, outputs=("output",))
    case("tile", "Tile", {"input": n(2, 3), "repeats": ints(2, 3)}, outputs=("output",))
    case("expand", "Expand", {"input": n(3, 1), "shape": ints(2, 3, 4)}, outputs=("output",))
    case("expand a row", "Expand", {"input": n(4), "shape": ints(3, 1)}, outputs=("output",))


def rearrangements():
    for mode in ("DCR", "CRD"):
        case(f"depth to space {mode}", "DepthToSpace", {"input": n(2, 8, 2, 3)}, {"blocksize": 2, "mode": mode}, outputs=("output",))
    case("space to depth", "SpaceToDepth", {"input": n(2, 2, 4, 6)}, {"blocksize": 2}, outputs=("output",))
    case("upper triangle", "Trilu", {"input": n(2, 4, 4)}, {"upper": 1}, outputs=("output",))
    case("lower triangle without diagonal", "Trilu", {"input": n(4, 5), "k": torch.tensor(-1)}, {"upper": 0}, outputs=("output",))
    for exclusive in (0, 1):
        for reverse in (0, 1):
            case(f"cumulative sum, exclusive {exclusive}, reverse {reverse}", "CumSum", {"x": n(2, 5), "axis": torch.tensor(1)}, {"exclusive": exclusive, "reverse": reverse}, outputs=("y",))
    case("gather elements", "GatherElements", {"data": n(3, 4), "indices": torch.tensor([[0, 0, 3], [1, 2, 2]])}, {"axis": 1}, outputs=("output",))
    case("gather nd", "GatherND", {"data": n(3, 4, 2), "indices": torch.tensor([[0, 1], [2, 3], [0, 1]])}, outputs=("output",))
    case("top k", "TopK", {"X": d(3, 6), "K": ints(2)}, {"axis": 1}, outputs=("values", "indices"))


def more_reductions():
    for op, x in (("ReduceMax", d), ("ReduceMin", d), ("ReduceL1", lambda *s: n(*s, away=0.05)), ("ReduceL2", n), ("ReduceSumSquare", n), ("ReduceLogSum", lambda *s: u(0.3, 2, *s)), ("ReduceLogSumExp", n)):
        words = {"ReduceMax": "max", "ReduceMin": "min", "ReduceL1": "l1", "ReduceL2": "l2", "ReduceSumSquare": "sum square", "ReduceLogSum": "log sum", "ReduceLogSumExp": "log sum exp"}[op]
        case(f"reduce {words} all", op, {"data": x(2, 3)}, {"keepdims": 0}, outputs=("reduced",))
        case(f"reduce {words} axes without keepdims", op, {"data": x(2, 3, 4)}, {"axes": [0, 2], "keepdims": 0}, outputs=("reduced",))
        case(f"reduce {words} axis 1", op, {"data": x(2, 3, 4)}, {"axes": [1], "keepdims": 1}, outputs=("reduced",))


def more_normalisations():
    case("instance norm", "InstanceNormalization", {"input": n(2, 3, 3, 4), "scale": n(3, away=0.2), "B": n(3)}, {"epsilon": 1e-5}, outputs=("output",))
    case("instance norm 1d", "InstanceNormalization", {"input": n(2, 3, 6), "scale": n(3, away=0.2), "B": n(3)}, {"epsilon": 1e-3}, outputs=("output",))
    case("group norm by channel", "GroupNormalization", {"X": n(2, 6, 2, 3), "scale": n(6, away=0.2), "bias": n(6)}, {"num_groups": 3, "epsilon": 1e-5}, opset=21)
    case("group norm by group", "GroupNormalization", {"X": n(2, 6, 2, 3), "scale": n(3, away=0.2), "bias": n(3)}, {"num_groups": 3, "epsilon": 1e-5}, opset=18)
    case("l2 normalisation", "LpNormalization", {"input": n(3, 4)}, {"axis": -1, "p": 2}, outputs=("output",))
    case("l1 normalisation", "LpNormalization", {"input": n(3, 4, 2, away=0.05)}, {"axis": 1, "p": 1}, outputs=("output",))


def transposed_convolutions():
    def conv(name, x, w, **attributes):
        case(name, "ConvTranspose", {"X": n(*x), "W": n(*w, scale=0.5), "B": n(w[1] * attributes.get("group", 1))}, {"kernel_shape": list(w[2:]), **attributes})

    conv("transposed conv 3x3", (2, 3, 4, 4), (3, 2, 3, 3), pads=[1, 1, 1, 1])
    conv("transposed conv stride 2", (2, 3, 3, 4), (3, 2, 2, 2), strides=[2, 2])
    conv("transposed conv stride 2, output padding", (1, 2, 3, 3), (2, 3, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])
    conv("transposed conv groups", (2, 4, 3, 3), (4, 2, 3, 3), group=2, strides=[2, 2], pads=[1, 1, 1, 1])
    conv("transposed conv dilation 2", (1, 2, 4, 4), (2, 2, 3, 3), dilations=[2, 2], pads=[1, 1, 1, 1])


def resizing():
    none = torch.zeros(0, dtype=torch.float64)
    for name, mode, transformation, size in (
        ("resize nearest up", "nearest", "asymmetric", (6, 8)), ("resize nearest by a fraction", "nearest", "asymmetric", (5, 7)), ("resize nearest down", "nearest", "asymmetric", (2, 2)),
        ("resize linear", "linear", "half_pixel", (6, 9)), ("resize linear down", "linear", "half_pixel", (2, 3)), ("resize linear, aligned corners", "linear", "align_corners", (5, 7)),
        ("resize cubic", "cubic", "half_pixel", (6, 7)), ("resize cubic, aligned corners", "cubic", "align_corners", (5, 6)),
    ):
        case(name, "Resize", {"X": n(2, 2, 3, 4), "roi": none, "scales": none, "sizes": ints(2, 2, *size)}, {"mode": mode, "coordinate_transformation_mode": transformation, **({"nearest_mode": "floor"} if mode == "nearest" else {})}, constant=("roi", "scales"), initializers=("roi", "scales"))


def sums_of_products():
    for name, equation, *shapes in (
        ("einsum matrix product", "ij,jk->ik", (2, 3), (3, 4)), ("einsum attention", "bhid,bhjd->bhij", (2, 2, 3, 4), (2, 2, 5, 4)),
        ("einsum transpose", "ij->ji", (2, 3)), ("einsum sum", "ij->i", (2, 3)), ("einsum sum of one operand", "ij,k->i", (2, 3), (4,)),
        ("einsum three operands", "i,ij,j->", (2,), (2, 3), (3,)), ("einsum implicit", "ij,jk", (2, 3), (3, 4)), ("einsum ellipsis", "...ij,jk->...ik", (2, 2, 3), (3, 4)),
    ):
        case(name, "Einsum", {chr(ord("A") + i): n(*shape) for i, shape in enumerate(shapes)}, {"equation": equation}, outputs=("Y",))
    case("matmul vector left", "MatMul", {"A": n(4), "B": n(4, 3)})
    case("matmul vector left of a stack", "MatMul", {"A": n(4), "B": n(2, 4, 3)})


def recurrent():
    time, batch, features, hidden = 4, 2, 3, 3
    for op, gates, attributes in (("LSTM", 4, {}), ("GRU", 3, {"linear_before_reset": 1}), ("GRU", 3, {}), ("RNN", 1, {})):
        for direction, count in (("forward", 1), ("reverse", 1), ("bidirectional", 2)):
            states = {"initial_h": n(count, batch, hidden), **({"initial_c": n(count, batch, hidden)} if op == "LSTM" else {})}
            for start in (False, True):
                inputs = {"X": n(time, batch, features), "W": n(count, gates * hidden, features, scale=0.5), "R": n(count, gates * hidden, hidden, scale=0.5),
                          "B": n(count, 2 * gates * hidden, scale=0.5), **({"sequence_lens": None, **states} if start else {})}
                form = ", linear before reset" if attributes else ""
                case(f"{op.lower()} {direction}{form}{' from given states' if start else ''}", op, inputs, {"hidden_size": hidden, "direction": direction, **attributes},
                     outputs=("Y", "Y_h", *(["Y_c"] if op == "LSTM" else [])))


def simple():
    case("reciprocal of values of both signs", "Reciprocal", {"X": n(3, 4, away=0.3)})
    case("sum of three", "Sum", {"A": n(2, 3), "B": n(3), "C": n(2, 1)})
    case("squeeze an axis", "Squeeze", {"X": n(2, 1, 3), "axes": ints(1)})
    case("unsqueeze an axis from the end", "Unsqueeze", {"X": n(2, 3), "axes": ints(-1)})
    case("cast float to float", "Cast", {"X": n(2, 3)}, {"to": 1})
    case("swish, alpha 1.5", "Swish", {"X": n(3, 4)}, {"alpha": 1.5}, opset=24)


def fused_products():
    def product(name, a, b, **attributes):
        case(name, "FusedMatMul", {"A": n(*a), "B": n(*b)}, attributes, domain="com.microsoft")

    product("fused product", (3, 4), (4, 2))
    product("fused product, left transposed", (2, 4, 3), (2, 4, 2), transA=1)
    product("fused product, right transposed and scaled", (2, 3, 4), (2, 5, 4), transB=1, alpha=0.5)
    product("fused product, both transposed", (4, 3), (2, 4), transA=1, transB=1)
    product("fused product of a matrix and a stack", (3, 4), (2, 5, 4), transB=1)
    product("fused product of a stack and a matrix", (2, 4, 3), (5, 4), transA=1, transB=1)
    product("fused product of stacks that broadcast", (2, 3, 2, 4), (2, 1, 5, 4), transB=1)


if __name__ == "__main__":
    for group in (products, convolutions, normalisations, activations, pools, shapes, elementwise, reductions, losses, few_positions, rectifiers,
                  selections, trigonometry, slices, rearrangements, more_reductions, more_normalisations, transposed_convolutions, resizing, sums_of_products, recurrent, simple, fused_products):
        group()
    write("gradients.json", "make_gradients.py", {"cases": CASES})
