"""What is true, by feature: each module holds the part of `AppState` or of its `Call` that belongs to one of them."""
