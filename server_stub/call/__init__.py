"""A running meeting: its rules, pure, and who is told of each change."""
