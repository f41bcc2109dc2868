"""What stays after a meeting: recaps, receipts, and the end of what is kept."""
