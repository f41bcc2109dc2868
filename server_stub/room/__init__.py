"""Rooms: members, messages, planned meetings, and the cards that show meetings."""
