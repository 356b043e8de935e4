"""ONNX operators written in PyTorch, for the reference figures. Attribute names and input order are ONNX's (opset 17)."""

import torch
import torch.nn.functional as F


def _symmetric(pads):
    """PyTorch pads both ends of an axis alike; ONNX lists all beginnings, then all ends."""
    half = len(pads) // 2
    assert pads[:half] == pads[half:], "the reference figures use symmetric padding only"
    return pads[:half]


def _window(a):
    rank = len(a["kernel_shape"])
    return a["kernel_shape"], a.get("strides", [1] * rank), _symmetric(a.get("pads", [0] * 2 * rank))


def _gemm(a, x, y, c=None):
    x = x.T if a.get("transA") else x
    y = y.T if a.get("transB") else y
    product = a.get("alpha", 1.0) * (x @ y)
    return product if c is None else product + a.get("beta", 1.0) * c


def _fused_mat_mul(a, x, y):
    x = x.transpose(-1, -2) if a.get("transA") else x
    y = y.transpose(-1, -2) if a.get("transB") else y
    return a.get("alpha", 1.0) * (x @ y)


def _conv(a, x, w, b=None):
    _, strides, pads = _window({"kernel_shape": list(w.shape[2:]), **a})
    return F.conv2d(x, w, b, strides, pads, a.get("dilations", 1), a.get("group", 1))


def _max_pool(a, x):
    kernel, strides, pads = _window(a)
    return F.max_pool2d(x, kernel, strides, pads, a.get("dilations", 1))


def _average_pool(a, x):
    kernel, strides, pads = _window(a)
    return F.avg_pool2d(x, kernel, strides, pads, count_include_pad=bool(a.get("count_include_pad", 0)))


def _batch_normalization(a, x, scale, bias, mean, variance):
    """In training mode, with ONNX's outputs: PyTorch's running variance is unbiased, ONNX's is the population's."""
    keep = a.get("momentum", 0.9)
    y = F.batch_norm(x, mean.clone(), variance.clone(), scale, bias, True, 1 - keep, a.get("epsilon", 1e-5))
    batch_mean, batch_variance = batch_statistics(x)
    return y, keep * mean + (1 - keep) * batch_mean, keep * variance + (1 - keep) * batch_variance


def batch_statistics(x):
    """Mean and population variance of each channel (axis 1)."""
    axes = [axis for axis in range(x.dim()) if axis != 1]
    return x.mean(axes).detach(), x.var(axes, unbiased=False).detach()


def _reduce(function):
    def apply(a, x, axes=None):
        axes = a.get("axes") if axes is None else axes.tolist()
        axes = list(range(x.dim())) if axes is None else axes
        return function(x, dim=axes, keepdim=bool(a.get("keepdims", 1)))
    return apply


def _layer_normalization(a, x, scale, bias=None):
    axis = a.get("axis", -1)
    return F.layer_norm(x, x.shape[axis:], scale, bias, a.get("epsilon", 1e-5))


def _conv_transpose(a, x, w, b=None):
    _, strides, pads = _window({"kernel_shape": list(w.shape[2:]), **a})
    return F.conv_transpose2d(x, w, b, strides, pads, a.get("output_padding", 0), a.get("group", 1), a.get("dilations", 1))


def _group_normalization(a, x, scale, bias):
    """Scale and bias by channel as of operator set 21, by group before it."""
    groups, channels = a["num_groups"], x.shape[1]
    if len(scale) == groups:
        scale, bias = scale.repeat_interleave(channels // groups), bias.repeat_interleave(channels // groups)
    return F.group_norm(x, groups, scale, bias, a.get("epsilon", 1e-5))


def _extreme(function):
    def apply(a, *xs):
        result = xs[0]
        for x in xs[1:]:
            result = function(result, x)
        return result
    return apply


def _slice(a, x, starts, ends, axes, steps):
    """PyTorch slices forwards only; backwards is by index."""
    for start, end, axis, step in zip(*(values.tolist() for values in (starts, ends, axes, steps))):
        chosen = list(range(x.shape[axis]))[slice(start, end if abs(end) < 1 << 60 else None, step)]
        x = x.index_select(axis, torch.tensor(chosen, dtype=torch.int64))
    return x


def _resize(a, x, roi, scales, sizes):
    mode = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}[a["mode"]]
    corners = {} if mode == "nearest" else {"align_corners": a["coordinate_transformation_mode"] == "align_corners"}
    return F.interpolate(x, sizes.tolist()[2:], mode=mode, **corners)


def _lp_normalization(a, x):
    return x / torch.linalg.vector_norm(x, a.get("p", 2), a.get("axis", -1), keepdim=True)


def _depth_to_space(a, x):
    n, c, h, w = x.shape
    b = a["blocksize"]
    if a.get("mode") == "CRD":
        return F.pixel_shuffle(x, b)
    return x.reshape(n, b, b, c // (b * b), h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, c // (b * b), h * b, w * b)


def _space_to_depth(a, x):
    n, c, h, w = x.shape
    b = a["blocksize"]
    return x.reshape(n, c, h // b, b, w // b, b).permute(0, 3, 5, 1, 2, 4).reshape(n, c * b * b, h // b, w // b)


def _cum_sum(a, x, axis):
    axis = int(axis)
    y = x.flip(axis) if a.get("reverse") else x
    total = y.cumsum(axis)
    total = total - y if a.get("exclusive") else total
    return total.flip(axis) if a.get("reverse") else total


def _trilu(a, x, k=torch.tensor(0)):
    return torch.triu(x, int(k)) if a.get("upper", 1) else torch.tril(x, int(k))


def _recurrent(function, order):
    """PyTorch's own function, given ONNX's weights with their gates in its order."""
    def gates(w, hidden):
        parts = w.split(hidden)
        return torch.cat([parts[i] for i in order])

    def apply(a, x, w, r, b, lengths=None, h=None, c=None):
        hidden, directions = a["hidden_size"], w.shape[0]
        if a["direction"] == "reverse":
            x = x.flip(0)
        weights = []
        for d in range(directions):
            wb, rb = b[d].chunk(2)
            weights += [gates(w[d], hidden), gates(r[d], hidden), gates(wb, hidden), gates(rb, hidden)]
        zero = torch.zeros(directions, x.shape[1], hidden, dtype=x.dtype)
        h = zero if h is None else h
        start = (h, zero if c is None else c) if function is torch.lstm else h
        y, *last = function(x, start, weights, True, 1, 0.0, False, directions == 2, False)
        y = y.reshape(*y.shape[:2], directions, hidden).transpose(1, 2)
        y = y.flip(0) if a["direction"] == "reverse" else y
        return (y, *last)
    return apply


def _gru(a, x, w, r, b, lengths=None, h=None):
    """PyTorch's GRU resets after the product; the other form is written out."""
    if a.get("linear_before_reset"):
        return _recurrent(torch.gru, (1, 0, 2))(a, x, w, r, b, lengths, h)
    hidden, directions, outputs, finals = a["hidden_size"], w.shape[0], [], []
    for d in range(directions):
        backwards = a["direction"] == "reverse" or d == 1
        wb, rb = b[d].split(3 * hidden)
        (wz, wr, wh), (rz, rr, rh) = w[d].split(hidden), r[d].split(hidden)
        (bz, br, bh), (cz, cr, ch) = wb.split(hidden), rb.split(hidden)
        state = torch.zeros(x.shape[1], hidden, dtype=x.dtype) if h is None else h[d]
        states = []
        for xt in (x.flip(0) if backwards else x):
            z = torch.sigmoid(xt @ wz.T + state @ rz.T + bz + cz)
            reset = torch.sigmoid(xt @ wr.T + state @ rr.T + br + cr)
            new = torch.tanh(xt @ wh.T + (reset * state) @ rh.T + bh + ch)
            state = (1 - z) * new + z * state
            states.append(state)
        y = torch.stack(states)
        outputs.append(y.flip(0) if backwards else y)
        finals.append(state)
    return torch.stack(outputs, 1), torch.stack(finals)


OPS = {
    "LSTM": _recurrent(torch.lstm, (0, 2, 3, 1)),
    "GRU": _gru,
    "RNN": _recurrent(torch.rnn_tanh, (0,)),
    "Gemm": _gemm,
    "MatMul": lambda a, x, y: x @ y,
    "FusedMatMul": _fused_mat_mul,
    "Conv": _conv,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "Relu": lambda a, x: F.relu(x),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)),
    "Tanh": lambda a, x: torch.tanh(x),
    "Sigmoid": lambda a, x: torch.sigmoid(x),
    "Softplus": lambda a, x: F.softplus(x),
    "Gelu": lambda a, x: F.gelu(x),
    "Erf": lambda a, x: torch.erf(x),
    "Softmax": lambda a, x: F.softmax(x, a.get("axis", -1)),
    "LogSoftmax": lambda a, x: F.log_softmax(x, a.get("axis", -1)),
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdim=True),
    "GlobalMaxPool": lambda a, x: x.amax((2, 3), keepdim=True),
    "Flatten": lambda a, x: x.flatten(a.get("axis", 1)),
    "Reshape": lambda a, x, shape: x.reshape(shape.tolist()),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Identity": lambda a, x: x.clone(),
    "Neg": lambda a, x: -x,
    "Abs": lambda a, x: x.abs(),
    "Add": lambda a, x, y: x + y,
    "Sub": lambda a, x, y: x - y,
    "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y,
    "Pow": lambda a, x, y: x ** y,
    "Exp": lambda a, x: x.exp(),
    "Log": lambda a, x: x.log(),
    "Sqrt": lambda a, x: x.sqrt(),
    "Concat": lambda a, *xs: torch.cat(xs, a["axis"]),
    "ReduceSum": _reduce(torch.sum),
    "ReduceMean": _reduce(torch.mean),
    "ReduceMax": _reduce(torch.amax),
    "ReduceMin": _reduce(torch.amin),
    "ReduceL1": _reduce(lambda x, dim, keepdim: x.abs().sum(dim, keepdim)),
    "ReduceL2": _reduce(lambda x, dim, keepdim: torch.linalg.vector_norm(x, 2, dim, keepdim)),
    "ReduceSumSquare": _reduce(lambda x, dim, keepdim: (x * x).sum(dim, keepdim)),
    "ReduceLogSum": _reduce(lambda x, dim, keepdim: x.sum(dim, keepdim).log()),
    "ReduceLogSumExp": _reduce(torch.logsumexp),
    "ConvTranspose": _conv_transpose,
    "Resize": _resize,
    "Einsum": lambda a, *xs: torch.einsum(a["equation"], *xs),
    "InstanceNormalization": lambda a, x, scale, bias: F.instance_norm(x, None, None, scale, bias, True, 0, a.get("epsilon", 1e-5)),
    "GroupNormalization": _group_normalization,
    "LpNormalization": _lp_normalization,
    "PRelu": lambda a, x, slope: torch.where(x > 0, x, slope * x),
    "Elu": lambda a, x: F.elu(x, a.get("alpha", 1.0)),
    "Selu": lambda a, x: F.selu(x),
    "Celu": lambda a, x: F.celu(x, a.get("alpha", 1.0)),
    "ThresholdedRelu": lambda a, x: F.threshold(x, a.get("alpha", 1.0), 0.0),
    "Clip": lambda a, x, low=None, high=None: x.clamp(None if low is None else float(low), None if high is None else float(high)),
    "HardSigmoid": lambda a, x: (a.get("alpha", 0.2) * x + a.get("beta", 0.5)).clamp(0, 1),
    "HardSwish": lambda a, x: F.hardswish(x),
    "Mish": lambda a, x: F.mish(x),
    "Softsign": lambda a, x: F.softsign(x),
    "QuickGelu": lambda a, x: x * torch.sigmoid(a.get("alpha", 1.702) * x),
    "BiasGelu": lambda a, x, bias: F.gelu(x + bias),
    "FastGelu": lambda a, x, bias=None: F.gelu(x if bias is None else x + bias, approximate="tanh"),
    "Max": _extreme(torch.maximum),
    "Min": _extreme(torch.minimum),
    "Mean": lambda a, *xs: sum(xs) / len(xs),
    "Where": lambda a, condition, x, y: torch.where(condition, x, y),
    "Sinh": lambda a, x: x.sinh(),
    "Cosh": lambda a, x: x.cosh(),
    "Asin": lambda a, x: x.asin(),
    "Acos": lambda a, x: x.acos(),
    "Atan": lambda a, x: x.atan(),
    "Asinh": lambda a, x: x.asinh(),
    "Acosh": lambda a, x: x.acosh(),
    "Atanh": lambda a, x: x.atanh(),
    "Expand": lambda a, x, shape: x + torch.zeros(shape.tolist(), dtype=x.dtype),
    "Slice": _slice,
    "Split": lambda a, x, sizes: tuple(x.split(sizes.tolist(), a["axis"])),
    "Pad": lambda a, x, pads: F.pad(x, [p for axis in reversed(range(x.dim())) for p in (int(pads[axis]), int(pads[axis + x.dim()]))]),
    "Tile": lambda a, x, repeats: x.tile(repeats.tolist()),
    "DepthToSpace": _depth_to_space,
    "SpaceToDepth": _space_to_depth,
    "Trilu": _trilu,
    "CumSum": _cum_sum,
    "GatherElements": lambda a, x, indices: x.gather(a.get("axis", 0), indices),
    "GatherND": lambda a, x, indices: x[tuple(indices.unbind(-1))],
    "TopK": lambda a, x, k: tuple(x.topk(int(k), a.get("axis", -1))),
    "SoftmaxCrossEntropyLoss": lambda a, x, labels: F.cross_entropy(x, labels, reduction=a.get("reduction", "mean")),
    "Reciprocal": lambda a, x: x.reciprocal(),
    "Sum": lambda a, *xs: sum(xs),
    "Squeeze": lambda a, x, axes: x.squeeze(int(axes)),
    "Unsqueeze": lambda a, x, axes: x.unsqueeze(int(axes)),
    "Cast": lambda a, x: x.clone(),
    "Swish": lambda a, x: x * torch.sigmoid(a.get("alpha", 1.0) * x),
}


def run_node(op, attributes, inputs):
    """The outputs of one node, as a tuple."""
    outputs = OPS[op](attributes, *inputs)
    return outputs if isinstance(outputs, tuple) else (outputs,)
