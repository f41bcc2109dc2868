"""Parley's backend: accounts, rooms, meetings, the media relay, recordings and recaps; embedded or for a team."""
