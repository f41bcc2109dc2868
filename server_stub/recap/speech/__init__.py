"""Turns utterances into text, by one of two engines behind `engine.SpeechEngine`."""
