"""Parley: desktop video meetings for two people who work together, and the recap that proves what it says."""

__version__ = "0.1.0"
