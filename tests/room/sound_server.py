"""A PulseAudio of one's own with two laptops in it: loudspeakers and microphones that hear each other."""

import os
import shutil
import subprocess
import time

START_LIMIT_S = 10.0
#: How loud a loudspeaker is at its own microphone (2 dB louder than it plays) and at the other laptop's (-16 dB), as
#: PulseAudio counts: the cube root of the factor, times 65536. Together they make a loop that grows.
OWN, OTHER = 71000, 35000
WAY_MS = 30


class SoundServer:
    """Runs while the `with` block does.

    Args:
        folder: For its socket and its state.
    """

    def __init__(self, folder):
        self.environment = {**os.environ, "PULSE_RUNTIME_PATH": str(folder), "HOME": str(folder)}
        for name in ("PULSE_SERVER", "DBUS_SESSION_BUS_ADDRESS"):
            self.environment.pop(name, None)
        self._process = None

    def __enter__(self):
        options = [
            "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit=yes", "--use-pid-file=no",
            "--high-priority=yes", "--resample-method=speex-float-1",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            ["pulseaudio", *options, "-L", "module-native-protocol-unix"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + START_LIMIT_S
        while subprocess.run(["pactl", "info"], env=self.environment, capture_output=True).returncode:
            if time.monotonic() > end or self._process.poll() is not None:
                raise SystemExit("PulseAudio did not start.")
            time.sleep(0.1)
        self._furnish()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(10)

    def at(self, laptop):
        """The environment of a program that runs on a laptop: "a" or "b"."""
        return {
            **self.environment,
            "PULSE_LATENCY_MSEC": "60",
            "PULSE_SINK": f"speaker_{laptop}",
            "PULSE_SOURCE": f"mic_{laptop}.monitor",
        }

    def _furnish(self):
        for name in ("speaker_a", "speaker_b", "mic_a", "mic_b"):
            self._load("module-null-sink", f"sink_name={name}", "rate=48000", "channels=1")
        for speaker in "ab":
            for mic in "ab":
                self._load(
                    "module-loopback", f"source=speaker_{speaker}.monitor", f"sink=mic_{mic}", f"latency_msec={WAY_MS}",
                    f"sink_input_properties=media.name={speaker}{mic}",
                )  # fmt: skip
                place = self._ask("list", "short", "sink-inputs").split("\n")[-2].split("\t")[0]
                self._ask("set-sink-input-volume", place, str(OWN if speaker == mic else OTHER))

    def _load(self, *words):
        return self._ask("load-module", *words)

    def _ask(self, *words):
        return subprocess.run(
            ["pactl", *words], env=self.environment, capture_output=True, text=True, check=True
        ).stdout  # fmt: skip


def missing():
    """What this computer lacks for it, in words; empty: nothing."""
    if not (shutil.which("pulseaudio") and shutil.which("pactl")):
        return "PulseAudio is not installed (Debian: pulseaudio, pulseaudio-utils, libasound2-plugins)."
    return ""
