"""The protocol's prose has one true example for each message."""

import json
import re
from pathlib import Path

import pytest

from app.wire import codec

README = Path(codec.__file__).with_name("README.md")
EXAMPLES = re.findall(r"```json\n(.*?)\n```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text[:40])
def test_each_example_decodes_and_encodes_to_itself(text):
    decode = codec.decode_ask if text.startswith('{"ask"') else codec.decode_tell
    assert json.loads(codec.encode(decode(text))) == json.loads(text)


def test_each_message_has_an_example():
    shown = {json.loads(text).get("ask") or json.loads(text)["told"] for text in EXAMPLES}
    assert shown == {kind.__name__ for kind in (*codec.ASKS, *codec.TELLS)}
