"""Builds the ONNX graphs node by node, in the form that ONNX Runtime GenAI's model builder gives its decoders.

decoder: input_ids, attention_mask, past_key_values.N.key/value -> logits, present.N.key/value; GroupQueryAttention does rotation,
ragged lengths and the cache; its lengths come from attention_mask. embedder: input_ids, attention_mask -> sentence_embedding.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model import rope_tables

MICROSOFT = "com.microsoft"


class Graph:
    def __init__(self, weights, shape, quantized=False):
        self.weights = {k: v.numpy().astype(np.float32) for k, v in weights.items()}
        self.shape, self.quantized = shape, quantized
        self.nodes, self.initializers, self.names = [], [], set()

    def constant(self, name, value):
        if name not in self.names:
            self.names.add(name)
            self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def op(self, kind, inputs, outputs=None, domain="", **attributes):
        outputs = outputs or [f"{kind}_{len(self.nodes)}"]
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=f"/{outputs[0]}/{kind}", domain=domain, **attributes))
        return outputs[0]

    def matmul(self, x, name, output=None):
        """x times the transposed weight; quantized: activations u8 per tensor at run time, weights s8 per column."""
        matrix = self.weights[name + ".weight"].T
        if not self.quantized:
            return self.op("MatMul", [x, self.constant(name, matrix)], output and [output])
        scale = np.maximum(np.abs(matrix).max(0), 1e-8) / 127
        rounded = np.clip(np.round(matrix / scale), -127, 127).astype(np.int8)
        parts = [f"{name}.{p}" for p in ("activation", "activation_scale", "activation_zero")]
        self.op("DynamicQuantizeLinear", [x], parts)
        y = self.op("MatMulInteger", [parts[0], self.constant(name + ".int8", rounded), parts[2],
                                      self.constant(name + ".zero", np.zeros(matrix.shape[1], np.int8))])
        y = self.op("Cast", [y], to=TensorProto.FLOAT)
        factor = self.op("Mul", [parts[1], self.constant(name + ".scale", scale.astype(np.float32))])
        return self.op("Mul", [y, factor], output and [output])

    def norm(self, x, skip, name):
        """Returns the normalised sum of x and skip and the sum itself."""
        gamma, beta = self.weight(name + ".weight"), self.weight(name + ".bias")
        if skip is None:
            return self.op("LayerNormalization", [x, gamma, beta], axis=-1, epsilon=1e-5), x
        total = f"{name}.sum"
        y = self.op("SkipLayerNormalization", [x, skip, gamma, beta], [f"{name}.out", "", "", total], MICROSOFT, epsilon=1e-5)
        return y, total

    def body(self, cached):
        """Embedding and all layers; returns the last normalised hidden state."""
        _, width, layers, heads = self.shape
        cos, sin = (t.numpy() for t in rope_tables(width // heads))
        one = self.constant("one", np.array([1], np.int64))
        total = self.op("ReduceSum", ["attention_mask", one], keepdims=0)
        last = self.op("Cast", [self.op("Sub", [total, one])], ["seqlens_k"], to=TensorProto.INT32)
        length = self.op("Gather", [self.op("Shape", ["attention_mask"]), self.constant("axis", np.array(1, np.int64))], axis=0)
        length = self.op("Cast", [length], ["total_sequence_length"], to=TensorProto.INT32)
        x, skip = self.op("Gather", [self.weight("embedding.weight"), "input_ids"]), None
        for n in range(layers):
            y, x = self.norm(x, skip, f"norm1.{n}")
            past = [f"past_key_values.{n}.key", f"past_key_values.{n}.value"] if cached else ["", ""]
            present = [f"present.{n}.key", f"present.{n}.value"]
            tables = [self.constant("cos_cache", cos), self.constant("sin_cache", sin)]
            y = self.op("GroupQueryAttention", [self.matmul(y, f"qkv.{n}"), "", "", *past, last, length, *tables],
                        [f"attention.{n}", *present], MICROSOFT, num_heads=heads, kv_num_heads=heads, do_rotary=1,
                        rotary_interleaved=0, scale=float((width // heads) ** -0.5))
            y, x = self.norm(x, self.matmul(y, f"out.{n}"), f"norm2.{n}")
            skip = self.matmul(self.op("Relu", [self.matmul(y, f"up.{n}")]), f"down.{n}")
        return self.norm(x, skip, "norm")[0]

    def save(self, path, name, inputs, outputs):
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.initializers)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="chaosbench", ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, str(path))


def value(name, kind, *shape):
    return helper.make_tensor_value_info(name, kind, list(shape))


def save_decoder(path, name, weights, shape, quantized=False):
    vocabulary, width, layers, heads = shape
    graph = Graph(weights, shape, quantized)
    graph.matmul(graph.body(cached=True), "head", "logits")
    inputs = [value("input_ids", TensorProto.INT64, "batch_size", "sequence_length"),
              value("attention_mask", TensorProto.INT64, "batch_size", "total_sequence_length")]
    outputs = [value("logits", TensorProto.FLOAT, "batch_size", "sequence_length", vocabulary)]
    for n in range(layers):
        for part in ("key", "value"):
            cache = ("batch_size", heads, "past_sequence_length", width // heads)
            inputs.append(value(f"past_key_values.{n}.{part}", TensorProto.FLOAT, *cache))
            cache = ("batch_size", heads, "present_sequence_length", width // heads)
            outputs.append(value(f"present.{n}.{part}", TensorProto.FLOAT, *cache))
    graph.save(path, name, inputs, outputs)


def save_embedder(path, name, weights, shape, corpus_mean):
    """Mean of the hidden states over the real tokens, minus the mean over a corpus of tickets, at unit length."""
    graph = Graph(weights, shape)
    hidden = graph.body(cached=False)
    mask = graph.op("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    last_axis, one = graph.constant("last_axis", np.array([2], np.int64)), "one"
    wide = graph.op("Cast", [graph.op("Unsqueeze", ["attention_mask", last_axis])], to=TensorProto.BOOL)
    clean = graph.op("Where", [wide, hidden, graph.constant("nothing", np.float32(0))])  # whatever stands behind a row's end
    mean = graph.op("Div", [graph.op("ReduceSum", [clean, one], keepdims=0), graph.op("ReduceSum", [mask, one], keepdims=1)])
    centred = graph.op("Sub", [mean, graph.constant("corpus_mean", corpus_mean.astype(np.float32))])
    length = graph.op("Max", [graph.op("ReduceL2", [centred], axes=[1], keepdims=1), graph.constant("tiny", np.float32(1e-9))])
    graph.op("Div", [centred, length], ["sentence_embedding"])
    inputs = [value(n, TensorProto.INT64, "batch_size", "sequence_length") for n in ("input_ids", "attention_mask")]
    graph.save(path, name, inputs, [value("sentence_embedding", TensorProto.FLOAT, "batch_size", shape[1])])
