"""The media relay: forwards voices and pictures without decoding them, and records them as they are."""
