"""Writes the f16 form of a decoder, for cards: weights, activations, caches and logits in f16.

    python3 half.py ../triage-v1/model.onnx ../triage-v1/model.f16.onnx

CUDA's kernel of GroupQueryAttention takes f16 and bf16 alone. The graph stays as it is but for its types; what is whole numbers stays so.
Refused: weights that f16 cannot hold, quantized graphs, and operators with a type of their own that is not a cast. Rounding is to the
nearest, and the same file gives the same bytes. Needs python3-onnx and python3-numpy, no PyTorch.
"""
import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

LARGEST = 65504.0
QUANTIZED = {"DynamicQuantizeLinear", "MatMulInteger", "QuantizeLinear", "DequantizeLinear", "MatMulNBits"}
# Operators whose attribute is a type or a tensor of values.
TYPED = {"Constant", "ConstantOfShape", "RandomNormal", "RandomUniform", "EyeLike"}


def halved(array, name):
    """The array in f16; how many of its values became zero that were not."""
    most = float(np.abs(array).max(initial=0))
    if not np.isfinite(array).all() or most > LARGEST:
        raise SystemExit(f"{name}: {most:g} is beyond f16 ({LARGEST:g}); keep this model in f32")
    half = array.astype(np.float16)
    return half, int(((half == 0) & (array != 0)).sum())


def convert(model):
    """Changes the model in place; returns what became of its weights."""
    graph = model.graph
    refused = sorted({n.op_type for n in graph.node} & (QUANTIZED | TYPED))
    if refused:
        raise SystemExit(f"{', '.join(refused)}: not converted; export the model in f32 without these")
    weights = zeros = 0
    worst = 0.0
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        array = numpy_helper.to_array(tensor)
        half, lost = halved(array, tensor.name)
        weights, zeros = weights + array.size, zeros + lost
        worst = max(worst, float(np.abs(half.astype(np.float32) - array).max(initial=0)))
        tensor.CopyFrom(numpy_helper.from_array(half, tensor.name))
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.FLOAT16
    for value in [*graph.input, *graph.output, *graph.value_info]:
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.FLOAT16
    return weights, zeros, worst


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    args = parser.parse_args()
    model = onnx.load(str(args.source))
    weights, zeros, worst = convert(model)
    onnx.checker.check_model(model)
    args.target.write_bytes(model.SerializeToString())
    print(f"{weights:,} weights, {zeros} of them rounded to zero, largest change {worst:.2g}, {args.target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
