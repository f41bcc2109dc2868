"""The parts of pages that have a subject of their own: messages, chat, people, devices."""
