"""One page per place and per phase of a call: each has `show_state(state)` and emits intents by the bridge."""
