"""Carries out what the state asks for: a module per subject, each of which registers the effects it carries out.

A new effect needs its class in `app/state/effects.py` and one `context.carriers.add(...)` in the module of its subject.
"""
