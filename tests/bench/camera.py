"""What one's own picture costs: from the camera's frame to the blurred one at the encoder, one's own tile included.

ms_720p, ms_360p    processor time of all threads for one frame; median of the rounds, each round the mean of a film
p95_ms_720p         and its 95th percentile over single frames
naive_ms_720p       the yardstick, in turn with it: MediaPipe's own library on each frame, a wide Gaussian at full size,
                    blended as floats, converted for the encoder; no tile of one's own
ratio_720p          how many times less than that
moods_ms_720p       the same while somebody sits still, sways, leans over; see `film.MOODS`
looks_per_frame     how often the model was asked
"""

import argparse
import json
import statistics
import threading
import time

import cv2
import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

from app.media import background, outline, pictures, planes
from app.media.outgoing import Outgoing
from app.media.person_mask import PersonMask
from app.media.types import Background, Frame, View
from tests.bench import film
from tests.steering import ROOT

TFLITE = ROOT / "tests" / "data" / "models" / "selfie_segmentation_landscape.tflite"
MODEL = ROOT / "resources" / "models" / "person.onnx"
SIZES_PX = {"720p": (1280, 720), "360p": (640, 360)}
TILE = View(426, 240)
ROUNDS, NAIVE_FRAMES = 9, 4


class HandCamera:
    """A camera that gives a frame when it is told to."""

    def start(self, on_frame):
        self.give = on_frame

    def stop(self):
        pass


class Ours:
    """The product's whole way, frame by frame."""

    def __init__(self, size_px, choice):
        self.looks = 0
        self._done = threading.Event()
        self._loaded = threading.Event()
        self._camera, self._at_s = HandCamera(), 0.0
        self._outgoing = Outgoing(
            mask_model=MODEL, show=lambda view, picture: None, tell=print, size_px=size_px, load_mask=self._load
        )
        self._outgoing.set_views({1: TILE})
        self._outgoing.use_camera(self._camera)
        self._outgoing.listen(lambda frame: self._done.set())
        self._outgoing.set_background(choice)
        self._pictures = list(film.talking(size_px))
        self._loaded.wait()

    def _load(self, path):
        mask = PersonMask(path)
        find = mask.find

        def counted(rgb):
            self.looks += 1
            return find(rgb)

        mask.find = counted
        self._loaded.set()
        return mask

    def film(self):
        """(mood, milliseconds of processor time) of each frame."""
        spent = []
        for mood, pixels in self._pictures:
            self._done.clear()
            self._at_s += 1 / 30
            began = time.process_time_ns()
            self._camera.give(Frame(pixels, "bgr24", self._at_s))
            if not self._done.wait(10):
                raise RuntimeError("a frame did not come out")
            spent.append((mood, (time.process_time_ns() - began) / 1e6))
        return spent

    def close(self):
        self._outgoing.close()


class Naive:
    """What one writes first."""

    def __init__(self, size_px):
        self._size_px, self._at_ms = size_px, 0
        options = vision.ImageSegmenterOptions(
            base_options=BaseOptions(model_asset_buffer=TFLITE.read_bytes()), running_mode=vision.RunningMode.VIDEO,
            output_confidence_masks=True, output_category_mask=False,
        )  # fmt: skip
        self._segmenter = vision.ImageSegmenter.create_from_options(options)
        self._pictures = list(film.talking(size_px, 10))[:NAIVE_FRAMES]

    def film(self):
        spent = []
        for mood, bgr in self._pictures:
            began = time.process_time_ns()
            self._at_ms += 33
            rgb = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
            found = self._segmenter.segment_for_video(rgb, self._at_ms).confidence_masks[0].numpy_view()
            share = cv2.resize(np.squeeze(found), self._size_px)[..., None]
            mixed = bgr * share + cv2.GaussianBlur(bgr, (0, 0), 20) * (1 - share)
            cv2.cvtColor(mixed.astype(np.uint8), cv2.COLOR_BGR2YUV_I420)
            spent.append((mood, (time.process_time_ns() - began) / 1e6))
        return spent


def stages(size_px):
    """Milliseconds of each stage alone, in the order in which they come; not all are done for each frame."""
    bgr = Frame(next(film.talking(size_px, 10))[1], "bgr24", 0.0)
    mask, painter = PersonMask(MODEL), background.BackgroundPainter()
    painter.choose(Background("blur"))
    frame = pictures.to_size(bgr, size_px)
    small = planes.Shrunk(frame)
    found = mask.find(planes.to_rgb(small.model))
    settled = outline.settle(found, small.model)
    cut = outline.Cut(outline.draw(settled, small), settled)
    painted = painter.paint(frame, small, cut)
    behind = planes.empty(size_px)
    merger, share = planes.Merger(size_px), planes.empty(size_px)
    acts = {
        "to_planes": lambda: pictures.to_size(bgr, size_px),
        "shrink": lambda: ((one := planes.Shrunk(frame)).model, one.tiny),
        "model": lambda: mask.find(planes.to_rgb(small.model)),
        "settle": lambda: outline.settle(outline.steady(found, found), small.model),
        "draw": lambda: outline.draw(settled, small),
        "blur": lambda: background.blur(small.tiny, cut.coarse, "strong"),
        "enlarge_blur": lambda: planes.enlarge(small.tiny, behind),
        "enlarge_mask": lambda: planes.enlarge((cut.fine,) * 3, share),
        "merge": lambda: merger.merge(behind, frame.pixels, share),
        "own_tile": lambda: pictures.make_picture(painted, TILE, mirror=True),
    }
    return {name: round(statistics.median(timed(act) for _ in range(40)), 2) for name, act in acts.items()}


def timed(act):
    began = time.thread_time_ns()
    act()
    return (time.thread_time_ns() - began) / 1e6


def main(argv):
    argparse.ArgumentParser(prog="python -m tests.bench camera").parse_args(argv)
    cv2.setNumThreads(1)
    runs = {name: Ours(size_px, Background("blur")) for name, size_px in SIZES_PX.items()}
    runs |= {f"naive_{name}": Naive(size_px) for name, size_px in SIZES_PX.items()}
    spent = {name: [] for name in runs}
    for number in range(ROUNDS + 1):
        for name, run in runs.items():
            one = run.film()
            if number:  # the first round warms up
                spent[name].append(one)
    looks = runs["720p"].looks / sum(len(one) for one in spent["720p"]) * ROUNDS / (ROUNDS + 1)
    for name in SIZES_PX:
        runs[name].close()
        print(json.dumps({f"stages_{name}_ms": stages(SIZES_PX[name])}), flush=True)
    ms = {name: statistics.median(statistics.fmean(one for _, one in each) for each in spent[name]) for name in runs}
    ours = [one for each in spent["720p"] for one in each]
    single = sorted(one for _, one in ours)
    moods = {mood: statistics.fmean(one for its, one in ours if its == mood) for mood in film.MOODS}
    return {
        "ms_720p": round(ms["720p"], 2), "ms_360p": round(ms["360p"], 2),
        "naive_ms_720p": round(ms["naive_720p"], 1), "naive_ms_360p": round(ms["naive_360p"], 1),
        "ratio_720p": round(ms["naive_720p"] / ms["720p"], 1), "ratio_360p": round(ms["naive_360p"] / ms["360p"], 1),
        "p95_ms_720p": round(single[int(len(single) * 0.95)], 2), "looks_per_frame": round(looks, 2),
        "moods_ms_720p": {mood: round(one, 2) for mood, one in moods.items()},
    }  # fmt: skip
