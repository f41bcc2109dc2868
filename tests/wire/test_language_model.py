"""What people are told of a language model before they agree."""

from app.wire.language_model import LanguageModel, model_words


def test_no_model_no_words():
    assert model_words(None) == ""


def test_host_and_model_are_named_and_that_text_is_sent_there():
    words = model_words(LanguageModel(host="10.0.0.5:11434", model="llama3.2:3b"))
    assert "10.0.0.5:11434" in words
    assert "llama3.2:3b" in words
    assert "sent there" in words
    assert "leaves" not in words


def test_text_that_leaves_is_said_to_leave():
    words = model_words(LanguageModel(host="models.example.org", model="large", leaves=True))
    assert "leaves this server for models.example.org" in words
