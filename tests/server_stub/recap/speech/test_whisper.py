"""A Whisper model small enough to be made here, loaded by the code that loads the real ones.

Its layers are empty, so each token decides the next by itself: it hears the same word in whatever it is given.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from server_stub.recap.listening import Listener
from server_stub.recap.speech.choose import choose_engine
from server_stub.recap.speech.engine import ModelMissing
from server_stub.recap.speech.models import present
from server_stub.recap.speech.whisper import WhisperEngine
from server_stub.recap.voice import RATE_HZ, Cut

WIDTH = 16


def make_model(folder: Path) -> None:
    from ctranslate2.specs import WhisperSpec
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = [
        "<|endoftext|>",
        "<|startoftranscript|>",
        "<|en|>",
        "<|translate|>",
        "<|transcribe|>",
        "<|startoflm|>",
        "<|startofprev|>",
        "<|nospeech|>",
    ]
    special += ["<|notimestamps|>", *(f"<|{step * 0.02:.2f}|>" for step in range(1501))]
    tokens = [*letters, *special]
    number = {token: place for place, token in enumerate(tokens)}

    spec = WhisperSpec(1, 2, 1, 2)
    spec.config.lang_ids = [number["<|en|>"]]
    spec.config.alignment_heads = [(0, 0)]
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    fill(spec, len(tokens))
    chain = ["<|startoftranscript|>", "<|0.00|>", "y", "e", "s", "<|0.60|>"]
    known, follows = spec.decoder.embeddings.weight, spec.decoder.projection.weight
    for place, (token, after) in enumerate(zip(chain, [*chain[1:], "<|endoftext|>"], strict=True)):
        known[number[token], place] = 4.0
        follows[number[after], place] = 3.0
    spec.register_vocabulary(tokens)
    spec.validate()
    folder.mkdir(parents=True)
    spec.save(str(folder))

    tokenizer = Tokenizer(models.BPE(vocab={token: number[token] for token in letters}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    assert tokenizer.token_to_id("<|endoftext|>") == number["<|endoftext|>"]
    tokenizer.save(str(folder / "tokenizer.json"))


def fill(spec: object, vocabulary: int) -> None:
    """Nothing but a little cross attention, so that the word can be placed in time."""
    random = np.random.default_rng(1)

    def zeros(*shape: int) -> np.ndarray:
        return np.zeros(shape, np.float32)

    def linear(layer: object, out: int, into: int) -> None:
        layer.weight, layer.bias = zeros(out, into), zeros(out)

    def norm(layer: object) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), zeros(WIDTH)

    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = zeros(WIDTH, 80, 3), zeros(WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = zeros(WIDTH, WIDTH, 3), zeros(WIDTH)
    encoder.position_encodings.encodings = random.standard_normal((1500, WIDTH)).astype(np.float32)
    decoder.position_encodings.encodings = zeros(448, WIDTH)
    decoder.embeddings.weight = zeros(vocabulary, WIDTH)
    decoder.projection.weight = zeros(vocabulary, WIDTH)
    for side in (encoder, decoder):
        norm(side.layer_norm)
        layer = side.layer[0]
        norm(layer.self_attention.layer_norm)
        linear(layer.self_attention.linear[0], 3 * WIDTH, WIDTH)
        linear(layer.self_attention.linear[1], WIDTH, WIDTH)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
        linear(layer.ffn.linear_1, WIDTH, 4 * WIDTH)
    across = decoder.layer[0].attention
    norm(across.layer_norm)
    linear(across.linear[0], WIDTH, WIDTH)
    linear(across.linear[1], 2 * WIDTH, WIDTH)
    linear(across.linear[2], WIDTH, WIDTH)
    across.linear[0].weight = random.standard_normal((WIDTH, WIDTH)).astype(np.float32)
    across.linear[1].weight[:WIDTH] = random.standard_normal((WIDTH, WIDTH)).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make_model(folder / "english")
    return folder


def test_present_model_is_chosen_loaded_and_heard(folder: Path) -> None:
    assert present("english", folder)
    engine, note = choose_engine("english", folder)
    assert note == ""
    assert engine.name == "faster-whisper english"
    heard = engine.transcribe(np.zeros(RATE_HZ, np.float32))
    assert heard.text == "yes"
    assert heard.language == "en"
    assert heard.confidence > 0.3
    assert [word.text.strip() for word in heard.words] == ["yes"]
    assert 0 <= heard.words[0].start_s <= heard.words[0].end_s <= 1.0


class GermanModel:
    """What faster-whisper answers where it hears another language."""

    def __init__(self, probability: float) -> None:
        self.info = SimpleNamespace(language="de", language_probability=probability)

    def transcribe(self, samples: np.ndarray, **options: object) -> tuple[list, SimpleNamespace]:
        word = SimpleNamespace(word=" ja", start=0.1, end=0.4, probability=0.8)
        return [SimpleNamespace(words=[word])], self.info


@pytest.mark.parametrize(("probability", "text", "missing"), [(0.9, "", "language"), (0.4, "Ja.", "")])
def test_other_language_is_left_out_where_it_is_sure(folder: Path, probability: float, text: str, missing: str) -> None:
    engine = WhisperEngine("english", folder / "english")
    engine._model = GermanModel(probability)
    spoken = Listener(engine, {"ada": "Ada"}).write("ada", Cut(1.0, 2.0, np.zeros(RATE_HZ, np.float32)))
    assert (spoken.text, spoken.missing) == (text, missing)


def test_broken_model_is_told_and_the_built_in_engine_used(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("config.json", "tokenizer.json"):
        (broken / name).write_text(json.dumps({}))
    (broken / "model.bin").write_bytes(b"not a model")
    with pytest.raises(ModelMissing, match="broken"):
        WhisperEngine("broken", broken)
    engine, note = choose_engine("broken", tmp_path)
    assert engine.name == "pocketsphinx"
    assert "could not be loaded" in note
