"""What every room of the server stands on: clock, limits, errors, sessions and who is connected."""
