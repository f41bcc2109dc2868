"""The messages between client and server: plain frozen structs, described in `README.md`.

Asked in the imperative (`PostChat`), told in the past (`ChatPosted`), refused with a reason (`Refused`).
A leaf package: it imports nothing of ours, and only msgspec from outside.
"""
