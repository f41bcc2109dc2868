"""A small language model reads the talk beside the rules: what of it is agreed, in which words, and by whom."""
