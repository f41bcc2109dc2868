"""Drawing pieces that know nothing of the application: buttons, tiles, switches, cards."""
