"""Turns MediaPipe's person model from TensorFlow Lite into ONNX, weights and order of work unchanged.

    pip install tflite onnx   (in an environment of its own; make_models.py does all of this)
    python packaging/person_model.py resources/models/selfie_segmentation_landscape.tflite OUT.onnx

ONNX Runtime runs it in a third of what MediaPipe's library takes for it, and is there a second sooner.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

SIZE_PX = (256, 144)
PLAIN = {"RELU": "Relu", "ADD": "Add", "MUL": "Mul", "LOGISTIC": "Sigmoid", "HARD_SWISH": "HardSwish"}
NAMES = {number: name for name, number in vars(tflite.BuiltinOperator).items() if isinstance(number, int)}
FLOATS = {tflite.TensorType.FLOAT16: np.float16, tflite.TensorType.FLOAT32: np.float32}


class Converter:
    """Goes over one model's operators; tensors keep their numbers as names, channels come before rows."""

    def __init__(self, data: bytes) -> None:
        self._model = tflite.Model.GetRootAsModel(data, 0)
        self._graph = self._model.Subgraphs(0)
        self._constants: dict[int, np.ndarray] = {}
        self._nodes: list[Any] = []
        self._kept: list[Any] = []

    def convert(self) -> Any:
        """The ONNX model: uint8 [144, 256, 3] RGB in, float32 [144, 256] out."""
        graph = self._graph
        self._read_constants()
        first, last = f"t{graph.Inputs(0)}", f"t{graph.Outputs(0)}"
        self._keep("full", np.float32(1 / 255).reshape(1))
        self._keep("lead", np.array([0], np.int64))
        self._add("Cast", ["rgb"], "cast", to=TensorProto.FLOAT)
        self._add("Mul", ["cast", "full"], "scaled")
        self._add("Transpose", ["scaled"], "turned", perm=[2, 0, 1])
        self._add("Unsqueeze", ["turned", "lead"], first)
        for number in range(graph.OperatorsLength()):
            self._convert_one(graph.Operators(number))
        self._keep("ends", np.array([0, 1], np.int64))
        self._add("Squeeze", [last, "ends"], "person")
        width, height = SIZE_PX
        made = helper.make_graph(
            self._nodes, "person",
            [helper.make_tensor_value_info("rgb", TensorProto.UINT8, [height, width, 3])],
            [helper.make_tensor_value_info("person", TensorProto.FLOAT, [height, width])],
            self._kept,
        )  # fmt: skip
        model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 14)], producer_name="parley")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        return model

    def _read_constants(self) -> None:
        for number in range(self._graph.TensorsLength()):
            tensor = self._graph.Tensors(number)
            buffer = self._model.Buffers(tensor.Buffer())
            if not buffer.DataLength():
                continue
            kind = FLOATS.get(tensor.Type(), np.int32)
            shape = tensor.ShapeAsNumpy() if tensor.ShapeLength() else ()
            self._constants[number] = np.frombuffer(buffer.DataAsNumpy().tobytes(), kind).reshape(shape)

    def _convert_one(self, operator: Any) -> None:
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        name = NAMES[max(code.DeprecatedBuiltinCode(), code.BuiltinCode())]
        inputs, output = [int(one) for one in operator.InputsAsNumpy()], int(operator.Outputs(0))
        if name == "DEQUANTIZE":
            self._constants[output] = self._constants[inputs[0]].astype(np.float32)
        elif name in PLAIN:
            self._add(PLAIN[name], [self._name(one) for one in inputs], self._inner(operator, name, output))
        elif name in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            self._convolution(operator, inputs, output, each=name.startswith("DEPTH"))
        elif name == "MEAN":
            self._add("ReduceMean", [self._name(inputs[0])], f"t{output}", axes=[2, 3], keepdims=1)
        elif name == "RESIZE_BILINEAR":
            self._resize(operator, inputs, output)
        elif name == "CUSTOM" and code.CustomCode() == b"Convolution2DTransposeBias":
            weights = self._constants[inputs[1]].transpose(3, 0, 1, 2)
            self._keep(f"w{output}", weights)
            self._keep(f"b{output}", self._constants[inputs[2]])
            self._add("ConvTranspose", [self._name(inputs[0]), f"w{output}", f"b{output}"], f"t{output}",
                      kernel_shape=list(weights.shape[2:]), strides=[2, 2])  # fmt: skip
        else:
            raise ValueError(f"an operator that is not known here: {name}")

    def _convolution(self, operator: Any, inputs: list[int], output: int, *, each: bool) -> None:
        options = tflite.DepthwiseConv2DOptions() if each else tflite.Conv2DOptions()
        options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
        weights = self._constants[inputs[1]].transpose((3, 0, 1, 2) if each else (0, 3, 1, 2))
        strides = [options.StrideH(), options.StrideW()]
        shape = self._graph.Tensors(inputs[0]).ShapeAsNumpy()[1:3]
        pads = [0, 0, 0, 0]
        if options.Padding() == tflite.Padding.SAME:
            for side in (0, 1):
                steps = -(-int(shape[side]) // strides[side])
                over = max(0, (steps - 1) * strides[side] + weights.shape[2 + side] - int(shape[side]))
                pads[side], pads[side + 2] = over // 2, over - over // 2
        self._keep(f"w{output}", weights)
        self._keep(f"b{output}", self._constants[inputs[2]])
        inner = self._inner(operator, "CONV_2D", output, options.FusedActivationFunction())
        self._add("Conv", [self._name(inputs[0]), f"w{output}", f"b{output}"], inner,
                  kernel_shape=list(weights.shape[2:]), strides=strides, pads=pads,
                  group=weights.shape[0] if each else 1)  # fmt: skip

    def _inner(self, operator: Any, name: str, output: int, activation: int | None = None) -> str:
        """The name to write to; where an activation is part of the operator, it comes after as its own."""
        if activation is None and name in ("ADD", "MUL"):
            options = tflite.AddOptions() if name == "ADD" else tflite.MulOptions()
            options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
            activation = options.FusedActivationFunction()
        if not activation:
            return f"t{output}"
        if activation != tflite.ActivationFunctionType.RELU:
            raise ValueError("an activation that is not known here")
        self._later = ("Relu", [f"inner{output}"], f"t{output}")
        return f"inner{output}"

    def _resize(self, operator: Any, inputs: list[int], output: int) -> None:
        options = tflite.ResizeBilinearOptions()
        options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
        way = (
            "align_corners" if options.AlignCorners() else "half_pixel" if options.HalfPixelCenters() else "asymmetric"
        )
        height, width = (int(one) for one in self._constants[inputs[1]])
        channels = int(self._graph.Tensors(output).ShapeAsNumpy()[3])
        self._keep(f"s{output}", np.array([1, channels, height, width], np.int64))
        self._add("Resize", [self._name(inputs[0]), "", "", f"s{output}"], f"t{output}",
                  mode="linear", coordinate_transformation_mode=way)  # fmt: skip

    def _name(self, number: int) -> str:
        if number in self._constants:
            value = self._constants[number]
            self._keep(f"t{number}", value.transpose(0, 3, 1, 2) if value.ndim == 4 else value.reshape(-1, 1, 1))
        return f"t{number}"

    def _keep(self, name: str, value: np.ndarray) -> None:
        if all(one.name != name for one in self._kept):
            self._kept.append(numpy_helper.from_array(np.ascontiguousarray(value), name))

    def _add(self, kind: str, inputs: list[str], output: str, **options: Any) -> None:
        self._nodes.append(helper.make_node(kind, inputs, [output], **options))
        if later := self.__dict__.pop("_later", None):
            self._nodes.append(helper.make_node(later[0], later[1], [later[2]]))


def main() -> int:
    """Writes the model; see the module."""
    source, target = (Path(one) for one in sys.argv[1:3])
    target.write_bytes(Converter(source.read_bytes()).convert().SerializeToString())
    print(f"{target}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
