"""Whether what a recap says stands in the words that it cites: numbers, days, people, and how surely it was said.

`server_stub.recap.evidence` is the door: it asks each of these modules, and names the reason where one of them doubts.
"""
