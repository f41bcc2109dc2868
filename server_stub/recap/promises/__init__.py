"""Action items: who is to do what by when, as far as people really said so.

A promise counts at once. A request counts when the one who was asked accepts, an offer when somebody wants it. Hedges
stay: `I might` is never turned into `I will`. Each item names the utterances that it rests on.
"""
