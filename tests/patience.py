"""How long a test waits for what is promised: only a fault makes it wait so long, however busy the machine is."""

#: Seconds. A promise of less than that is tested by its own figures, not by the clock of a machine that others use too.
PATIENCE_S = 30.0
