"""
Makes quantization.onnx, a small residual network, and quantization.json: the scales and zero points that ONNX Runtime's own tool
(onnxruntime.quantization.quantize_static) gives it. Tests hold the quantizer here against them.

    python3 make_quantization.py

It needs python3-onnx, numpy and a package "onnxruntime" with the tool. The stored file was made by the tool of ONNX Runtime 1.11.0, whose
sources (onnxruntime/python/tools/quantization) ran over a stand-in for InferenceSession that calls onnxruntime-web 1.22 in Node: the
tool needs the runtime for nothing but the values that it calibrates with.
"""
import json
import os
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES, CHANNELS, SIDE, CLASSES = 16, 2, 8, 5


def images():
    """The pixels of all samples: bits 16 to 23 of a linear congruential generator's states, as the C# test has them."""
    state, pixels = 1, np.zeros(SAMPLES * CHANNELS * SIDE * SIDE, np.uint8)
    for i in range(pixels.size):
        state = (1103515245 * state + 12345) % (1 << 31)
        pixels[i] = state >> 16 & 255
    return pixels.reshape(SAMPLES, 1, CHANNELS, SIDE, SIDE)


def network():
    random = np.random.RandomState(7)
    initializers = []

    def weight(name, *dims, scale):
        initializers.append(numpy_helper.from_array((random.uniform(-1, 1, dims) * scale).astype(np.float32), name))
        return name

    def conv(name, x, y, inputs, outputs, scale):
        return helper.make_node("Conv", [x, weight(name + ".weight", outputs, inputs, 3, 3, scale=scale), weight(name + ".bias", outputs, scale=0.2)], [y], name, pads=[1, 1, 1, 1])

    nodes = [
        helper.make_node("Cast", ["image"], ["pixels"], "cast", to=TensorProto.FLOAT),
        conv("conv1", "pixels", "conv1_out", CHANNELS, 6, 0.01), helper.make_node("Relu", ["conv1_out"], ["relu1_out"], "relu1"),
        conv("conv2", "relu1_out", "conv2_out", 6, 6, 0.3), helper.make_node("Add", ["conv2_out", "relu1_out"], ["sum_out"], "sum"),
        helper.make_node("Relu", ["sum_out"], ["relu2_out"], "relu2"),
        helper.make_node("MaxPool", ["relu2_out"], ["pool_out"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
        conv("conv3", "pool_out", "conv3_out", 6, 8, 0.3),
        helper.make_node("GlobalAveragePool", ["conv3_out"], ["mean_out"], "mean"),
        helper.make_node("Reshape", ["mean_out", "shape"], ["flat"], "flatten"),
        helper.make_node("Gemm", ["flat", weight("head.weight", CLASSES, 8, scale=0.5), weight("head.bias", CLASSES, scale=0.2)], ["logits"], "head", transB=1),
    ]
    initializers.append(numpy_helper.from_array(np.array([-1, 8], np.int64), "shape"))
    graph = helper.make_graph(nodes, "parity",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", CHANNELS, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", CLASSES])], initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7, producer_name="make_quantization.py")


class Reader(CalibrationDataReader):
    def __init__(self):
        self.left = iter([images().reshape(SAMPLES, CHANNELS, SIDE, SIDE)])

    def get_next(self):
        image = next(self.left, None)
        return None if image is None else {"image": image}


def parameters(model):
    """By tensor: scales, zero points, and for constants the integers."""
    constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    activations, weights = {}, {}
    for node in model.graph.node:
        if node.op_type == "QuantizeLinear":
            activations[node.input[0]] = {"scale": float(constants[node.input[1]]), "zeroPoint": int(constants[node.input[2]])}
        elif node.op_type == "DequantizeLinear" and node.input[0] in constants:
            weights[node.output[0].replace("_DequantizeLinear", "")] = {"scales": constants[node.input[1]].ravel().tolist(), "values": constants[node.input[0]].ravel().tolist()}
    return {"activations": activations, "weights": weights}


def main():
    path = os.path.join(HERE, "quantization.onnx")
    onnx.save(network(), path)
    cases = []
    for per_channel, activation, reduced in [(True, "uint8", False), (False, "uint8", False), (True, "int8", False), (True, "uint8", True)]:
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "quantized.onnx")
            quantize_static(path, out, Reader(), quant_format=QuantFormat.QDQ, per_channel=per_channel, reduce_range=reduced,
                            activation_type=QuantType.QUInt8 if activation == "uint8" else QuantType.QInt8, weight_type=QuantType.QInt8,
                            optimize_model=False, calibrate_method=CalibrationMethod.MinMax)
            cases.append({"perChannel": per_channel, "activationType": activation, "reduceRange": reduced, **parameters(onnx.load(out))})
    with open(os.path.join(HERE, "quantization.json"), "w") as file:
        json.dump({"tool": "onnxruntime.quantization 1.11.0", "cases": cases}, file, separators=(",", ":"))
        file.write("\n")


main()
