"""The way into a meeting: starting one, joining as a member of its room, knocking as a guest."""
