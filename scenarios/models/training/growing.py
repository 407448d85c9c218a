"""Writes decoders with growing caches in standard operators, as Optimum exports them; tests serve them beside the reference.

    python3 growing.py ../triage-v1/model.onnx FIXTURES

triage-growing.onnx        the weights of the reference; position_ids are an input
triage-growing-f16.onnx    the same with caches and logits in f16 and the arithmetic in f32; positions are counted from attention_mask
triage-growing-plain.onnx  positions are counted from the length of the past, so rows of different lengths cannot share a call
grouped-shared.onnx        random weights, two query heads to a key head, GroupQueryAttention
grouped-shared-f16.onnx    the same with attention, caches and logits in f16
grouped-growing.onnx       the same weights in standard operators

All but grouped-shared.onnx hold no weights: these are external data in `model.onnx.data`, which is the reference's model.onnx itself, or
grouped-shared.onnx.
Needs python3-onnx and python3-numpy, no PyTorch.
"""
import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"
DATA = "model.onnx.data"
FAR = np.float32(-1e30)  # the score of a key that is not visible


class Decoder:
    """weights: matrices as [in, out]; shape: vocabulary, width, layers, heads, key heads; inside: the type of weights and arithmetic."""

    def __init__(self, weights, shape, positions="input", cache=TensorProto.FLOAT, inside=TensorProto.FLOAT):
        self.weights, self.shape, self.positions, self.cache, self.inside = weights, shape, positions, cache, inside
        self.nodes, self.initializers, self.names = [], [], set()

    def constant(self, name, array):
        if name not in self.names:
            self.names.add(name)
            self.initializers.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def ints(self, *values):
        return self.constant("i" + "_".join(map(str, values)), np.array(values, np.int64))

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def op(self, kind, inputs, outputs=1, domain="", **attributes):
        names = outputs if isinstance(outputs, list) else [f"{kind}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=f"/{names[0]}/{kind}", domain=domain, **attributes))
        return names[0] if len(names) == 1 else names

    def scalar(self, value):
        return self.constant(f"s{value}", np.array(value, np.int64))

    def dimension(self, x, axis):
        return self.op("Gather", [self.op("Shape", [x]), self.scalar(axis)], axis=0)

    def norm(self, x, name):
        return self.op("LayerNormalization", [x, self.weight(name + ".weight"), self.weight(name + ".bias")], axis=-1, epsilon=1e-5)

    def prepare(self):
        """What all layers share: positions, rotation and the mask."""
        new, total = self.dimension("input_ids", 1), self.dimension("attention_mask", 1)
        past = self.op("Sub", [total, new])
        queries = self.op("Range", [past, total, self.scalar(1)])
        keys = self.op("Range", [self.scalar(0), total, self.scalar(1)])
        if self.positions == "input":
            positions = "position_ids"
        elif self.positions == "mask":
            counted = self.op("Sub", [self.op("CumSum", ["attention_mask", self.scalar(1)]), self.ints(1)])
            starts = self.op("Unsqueeze", [past, self.ints(0)])
            positions = self.op("Slice", [counted, starts, self.ints(2**31 - 1), self.ints(1)])
        else:
            positions = self.op("Unsqueeze", [queries, self.ints(0)])
        self.cos = self.op("Unsqueeze", [self.op("Gather", [self.weight("cos_cache"), positions]), self.ints(1)])
        self.sin = self.op("Unsqueeze", [self.op("Gather", [self.weight("sin_cache"), positions]), self.ints(1)])
        causal = self.op("LessOrEqual", [self.op("Unsqueeze", [keys, self.ints(0)]), self.op("Unsqueeze", [queries, self.ints(1)])])
        real = self.op("Cast", [self.op("Unsqueeze", ["attention_mask", self.ints(1, 2)])], to=TensorProto.BOOL)
        self.visible = self.op("And", [real, causal])

    def split_heads(self, x, heads):
        size = self.shape[1] // self.shape[3]
        return self.op("Transpose", [self.op("Reshape", [x, self.ints(0, 0, heads, size)])], perm=[0, 2, 1, 3])

    def rotate(self, x):
        half = self.shape[1] // self.shape[3] // 2
        a, b = self.op("Split", [x, self.ints(half, half)], 2, axis=-1)
        left = self.op("Sub", [self.op("Mul", [a, self.cos]), self.op("Mul", [b, self.sin])])
        right = self.op("Add", [self.op("Mul", [b, self.cos]), self.op("Mul", [a, self.sin])])
        return self.op("Concat", [left, right], axis=-1)

    def grow(self, x, name):
        """Past and new along the positions; the cache's type is outside, f32 inside."""
        past = f"past_key_values.{name}"
        if self.cache != TensorProto.FLOAT:
            past, x = self.op("Cast", [past], to=TensorProto.FLOAT), self.op("Cast", [x], to=self.cache)
            x = self.op("Cast", [x], to=TensorProto.FLOAT)
        whole = self.op("Concat", [past, x], [f"present.{name}"] if self.cache == TensorProto.FLOAT else 1, axis=2)
        if self.cache != TensorProto.FLOAT:
            self.op("Cast", [whole], [f"present.{name}"], to=self.cache)
        return whole

    def widen(self, x):
        """Every key head once for each query head of its group."""
        heads, key_heads = self.shape[3:]
        if heads == key_heads:
            return x
        size = self.shape[1] // heads
        x = self.op("Unsqueeze", [x, self.ints(2)])
        x = self.op("Expand", [x, self.ints(1, 1, heads // key_heads, 1, 1)])
        b, s = (self.op("Unsqueeze", [self.dimension(x, i), self.ints(0)]) for i in (0, 3))
        return self.op("Reshape", [x, self.op("Concat", [b, self.ints(heads), s, self.ints(size)], axis=0)])

    def attention(self, qkv, n):
        _, width, _, heads, key_heads = self.shape
        size = width // heads
        q, k, v = self.op("Split", [qkv, self.ints(width, key_heads * size, key_heads * size)], 3, axis=-1)
        q, k = self.rotate(self.split_heads(q, heads)), self.rotate(self.split_heads(k, key_heads))
        k = self.widen(self.grow(k, f"{n}.key"))
        v = self.widen(self.grow(self.split_heads(v, key_heads), f"{n}.value"))
        q = self.op("Mul", [q, self.constant("scale", np.float32(size ** -0.5))])
        scores = self.op("MatMul", [q, self.op("Transpose", [k], perm=[0, 1, 3, 2])])
        scores = self.op("Where", [self.visible, scores, self.constant("far", FAR)])
        mixed = self.op("Transpose", [self.op("MatMul", [self.op("Softmax", [scores], axis=-1), v])], perm=[0, 2, 1, 3])
        return self.op("Reshape", [mixed, self.ints(0, 0, width)])

    def grouped_attention(self, qkv, n):
        heads, key_heads = self.shape[3:]
        last = self.op("Sub", [self.op("ReduceSum", ["attention_mask", self.ints(1)], keepdims=0), self.ints(1)])
        tables = [self.op("Cast", [last], to=TensorProto.INT32), self.op("Cast", [self.dimension("attention_mask", 1)], to=TensorProto.INT32),
                  self.weight("cos_cache"), self.weight("sin_cache")]
        half = self.cache != self.inside
        if half:
            qkv, *tables[2:] = (self.op("Cast", [x], to=self.cache) for x in (qkv, *tables[2:]))
        past, present = ([f"{kind}.{n}.{part}" for part in ("key", "value")] for kind in ("past_key_values", "present"))
        mixed = self.op("GroupQueryAttention", [qkv, "", "", *past, *tables], [f"attention.{n}", *present], MICROSOFT,
                        num_heads=heads, kv_num_heads=key_heads, do_rotary=1)[0]
        return self.op("Cast", [mixed], to=self.inside) if half else mixed

    def build(self, name, grouped=False):
        vocabulary, width, layers, heads, key_heads = self.shape
        if not grouped:
            self.prepare()
        x = self.op("Gather", [self.weight("embedding.weight"), "input_ids"])
        for n in range(layers):
            qkv = self.op("MatMul", [self.norm(x, f"norm1.{n}"), self.weight(f"qkv.{n}")])
            mixed = (self.grouped_attention if grouped else self.attention)(qkv, n)
            x = self.op("Add", [x, self.op("MatMul", [mixed, self.weight(f"out.{n}")])])
            y = self.op("Relu", [self.op("MatMul", [self.norm(x, f"norm2.{n}"), self.weight(f"up.{n}")])])
            x = self.op("Add", [x, self.op("MatMul", [y, self.weight(f"down.{n}")])])
        x = self.norm(x, "norm")
        plain = self.cache == self.inside
        logits = self.op("MatMul", [x, self.weight("head")], ["logits"] if plain else 1)
        if not plain:
            self.op("Cast", [logits], ["logits"], to=self.cache)

        def value(name, kind, *dims):
            return helper.make_tensor_value_info(name, kind, list(dims))

        inputs = [value("input_ids", TensorProto.INT64, "batch_size", "sequence_length"),
                  value("attention_mask", TensorProto.INT64, "batch_size", "past_sequence_length + sequence_length")]
        if self.positions == "input" and not grouped:
            inputs.append(value("position_ids", TensorProto.INT64, "batch_size", "sequence_length"))
        outputs = [value("logits", self.cache, "batch_size", "sequence_length", vocabulary)]
        for n in range(layers):
            for part in ("key", "value"):
                past, size = "past_sequence_length", width // heads
                inputs.append(value(f"past_key_values.{n}.{part}", self.cache, "batch_size", key_heads, past, size))
                outputs.append(value(f"present.{n}.{part}", self.cache, "batch_size", key_heads, f"{past} + sequence_length", size))
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.initializers)
        opsets = [helper.make_opsetid("", 17)] + [helper.make_opsetid(MICROSOFT, 1)] * grouped
        model = helper.make_model(graph, opset_imports=opsets, producer_name="chaosbench", ir_version=8)
        onnx.checker.check_model(model)
        return model


def point_into(model, reference):
    """Turns every weight whose bytes stand in the reference's file into external data there."""
    content = reference.read_bytes()
    for tensor in model.graph.initializer:
        size = len(tensor.raw_data)
        if size < 256:
            continue
        at = content.find(tensor.raw_data)
        assert at >= 0, f"{tensor.name} is not in {reference}"
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, entry in (("location", DATA), ("offset", str(at)), ("length", str(size))):
            tensor.external_data.add(key=key, value=entry)
    return model


def random_weights(vocabulary, width, heads, key_heads, positions=256):
    """One layer; large enough scores that a wrong key shows."""
    rng = np.random.default_rng(7)
    size = width // heads

    def matrix(rows, columns):
        return rng.normal(0, 1.5 / np.sqrt(rows), (rows, columns)).astype(np.float32)

    angle = np.arange(positions)[:, None] * (1000.0 ** (-np.arange(size // 2) / (size // 2)))[None]
    weights = {"embedding.weight": matrix(vocabulary, width) * np.float32(np.sqrt(vocabulary)), "head": matrix(width, vocabulary),
               "qkv.0": matrix(width, width + 2 * key_heads * size), "out.0": matrix(width, width), "up.0": matrix(width, 4 * width),
               "down.0": matrix(4 * width, width), "cos_cache": np.cos(angle).astype(np.float32), "sin_cache": np.sin(angle).astype(np.float32)}
    for norm in ("norm1.0", "norm2.0", "norm"):
        weights |= {norm + ".weight": np.ones(width, np.float32), norm + ".bias": np.zeros(width, np.float32)}
    return weights


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("reference", type=Path)
    parser.add_argument("fixtures", type=Path)
    args = parser.parse_args()
    args.fixtures.mkdir(parents=True, exist_ok=True)
    weights = {i.name: numpy_helper.to_array(i) for i in onnx.load(str(args.reference)).graph.initializer}
    shape = (768, 128, 4, 4, 4)
    forms = {"triage-growing": dict(), "triage-growing-f16": dict(positions="mask", cache=TensorProto.FLOAT16),
             "triage-growing-plain": dict(positions="past")}
    for name, form in forms.items():
        model = Decoder(weights, shape, **form).build(name)
        (args.fixtures / f"{name}.onnx").write_bytes(point_into(model, args.reference).SerializeToString())
    shape = (768, 64, 1, 4, 2)
    weights = random_weights(*shape[:2], *shape[3:])
    shared = args.fixtures / "grouped-shared.onnx"
    onnx.save(Decoder(weights, shape).build("grouped-shared", grouped=True), str(shared))
    for name, grouped, cache in (("grouped-growing", False, TensorProto.FLOAT), ("grouped-shared-f16", True, TensorProto.FLOAT16)):
        model = Decoder(weights, shape, cache=cache).build(name, grouped)
        (args.fixtures / f"{name}.onnx").write_bytes(point_into(model, shared).SerializeToString())


if __name__ == "__main__":
    main()
