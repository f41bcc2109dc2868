"""A Whisper model small enough to be made here, loaded by the code that loads the real ones.

Its layers are empty, so each token decides the next by itself: it hears the same word in whatever it is given.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from server_stub.recap.listening import Listener
from server_stub.recap.speech import whisper
from server_stub.recap.speech.choose import choose_engine
from server_stub.recap.speech.engine import ModelMissing
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
    make_model(folder / "tiny")
    return folder


def loud(seconds: float = 1.0) -> np.ndarray:
    return np.sin(np.arange(round(seconds * RATE_HZ)) / 20).astype(np.float32) / 2


def test_present_model_is_chosen_loaded_and_heard(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, note = choose_engine("tiny", folder)
    assert note == ""
    assert engine.name == "faster-whisper tiny"
    assert engine.transcribe(loud()).words == ()
    monkeypatch.setattr(whisper, "SURE_OF_PHANTOM", 1.1)
    heard = engine.transcribe(loud())
    assert heard.text == "yes"
    assert heard.language == "en"
    assert heard.confidence > 0.3
    assert [word.text.strip() for word in heard.words] == ["yes"]
    assert 0 <= heard.words[0].start_s <= heard.words[0].end_s <= 1.0


def test_nothing_is_heard_in_silence_even_where_the_model_always_says_a_word(folder: Path) -> None:
    engine = WhisperEngine("tiny", folder / "tiny")
    for samples in (np.zeros(0, np.float32), np.zeros(RATE_HZ, np.float32), loud() * 0.001):
        assert engine.transcribe(samples).text == ""


def test_a_cut_is_encoded_once_in_a_window_of_its_own_length(folder: Path) -> None:
    engine = WhisperEngine("tiny", folder / "tiny")
    lengths = []
    encode = engine._model.encode
    engine._model = Watched(
        engine._model, lambda view, **options: lengths.append(view.shape[2]) or encode(view, **options)
    )
    for seconds in (1.0, 5.5, 40.0):
        engine.transcribe(loud(seconds))
    assert lengths == [400, 700, 3000]


class Watched:
    """A model one of whose methods is another."""

    def __init__(self, model: object, encode: object, odds: list[tuple[str, float]] | None = None) -> None:
        self._inside, self.encode = model, encode
        self._odds = odds

    def detect_language(self, encoded: object) -> list:
        return [self._odds]

    def __getattr__(self, name: str) -> object:
        return getattr(self._inside, name)


@pytest.mark.parametrize(
    ("odds", "text", "missing"),
    [
        ([("<|de|>", 0.9), ("<|en|>", 0.1)], "", "language"),
        ([("<|de|>", 0.4), ("<|en|>", 0.38)], "", "language"),
        ([("<|en|>", 0.45), ("<|cy|>", 0.2)], "", "language"),
        ([("<|en|>", 0.55), ("<|de|>", 0.2)], "Yes.", ""),
    ],
)
def test_r51_what_is_not_surely_english_is_left_out(folder: Path, odds: list, text: str, missing: str) -> None:
    engine = WhisperEngine("tiny", folder / "tiny")
    engine._model = Watched(engine._model, engine._model.encode, odds)
    english = engine._letters.token_to_id("<|en|>")
    # The model knows one language only: it is asked as one that tells them apart, and opened as it was made.
    engine._tokens = replace(engine._tokens, english=english)
    engine._opening = [engine._tokens.start]
    (spoken,) = Listener(engine, {"ada": "Ada"}).write("ada", Cut(1.0, 2.0, loud()))
    assert (spoken.text, spoken.missing) == (text, missing)


def test_a_model_that_cannot_be_loaded_is_told(folder: Path, tmp_path: Path) -> None:
    for file in (folder / "tiny").iterdir():
        for damage in (b"", b"not what it was", b"{}"):
            broken = tmp_path / f"{file.name}-{len(damage)}"
            shutil.copytree(folder / "tiny", broken)
            (broken / file.name).write_bytes(damage)
            if file.name in ("model.bin", "tokenizer.json"):
                with pytest.raises(ModelMissing, match="cannot be loaded"):
                    WhisperEngine("broken", broken)
