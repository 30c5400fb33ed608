"""An embedding model of six words, as an operator might give one: an ONNX file and its tokenizer.json."""

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save_model
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

WORDS = ("kort", "konto", "journal", "nummer", "spärr", "fax")
_FORMAT, _OPSET = 9, 17


def tiny_onnx(folder: Path) -> Path:
    """Write both files; each word's vector points in a direction of its own."""
    vocabulary = {"[PAD]": 0, "[UNK]": 1, **{word: number for number, word in enumerate(WORDS, 2)}}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    shape = ["texts", "pieces"]
    table = numpy_helper.from_array(np.eye(len(vocabulary), dtype=np.float32), "table")
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["vectors"]),
            helper.make_node("Identity", ["attention_mask"], ["seen"]),
        ],
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")],
        [
            helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [*shape, len(vocabulary)]),
            helper.make_tensor_value_info("seen", TensorProto.INT64, shape),
        ],
        [table],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_FORMAT)
    save_model(model, str(folder / "model.onnx"))
    return folder / "model.onnx"
