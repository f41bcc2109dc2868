"""What a link carries, judged on a link of which everything is known."""

import itertools
import math
import random

import pytest

from app.net.estimate import OVERHEAD_BYTES, SEND_TIME_HZ, LinkEstimate

VOICE_BYTES, VOICE_EVERY_S = 90, 0.02
PICTURE, VOICE = 7, 8
MOST_BYTES = 1_200


class Link:
    """A sender that keeps to the estimate, a link with a queue, and who receives; time goes on by 5 ms."""

    def __init__(
        self, *, rate_bps, queue_s=0.3, delay_s=0.025, loss=0.0, jitter_s=0.0, start_bps=500_000, seed=1, reports=False
    ):
        self.rate_bps, self.queue_s, self.delay_s, self.loss, self.jitter_s = rate_bps, queue_s, delay_s, loss, jitter_s
        self.estimate = LinkEstimate(start_bps, has_gaps=not reports)
        #: Where the numbers tell nothing, the sender reports once a second: (when, packets sent, packets that came).
        self.reported = (100.0, 0, 0) if reports else None
        self.came = 0
        self.random = random.Random(seed)
        self.now_s, self.free_at_s, self.ready, self.budget = 100.0, 0.0, 0.0, start_bps
        self.queue, self.next_picture_s = [], 0.0
        self.queues = []
        self.seqs = {PICTURE: 0, VOICE: 0}
        self.on_way, self.told = [], []
        self.sent = self.dropped = 0
        self.next_voice_s = self.last_s = 0.0

    def run(self, for_s, *, most_bps=2_000_000, has_pictures=True):
        """The estimates, each 5 ms."""
        end_s, seen = self.now_s + for_s, []
        while self.now_s < end_s:
            self.now_s += 0.005
            self.told = [(at_s, bps) for at_s, bps in self.told if at_s > self.now_s or self.take(bps)]
            if self.now_s >= self.next_voice_s:
                self.next_voice_s = self.now_s + VOICE_EVERY_S
                self.send(VOICE, VOICE_BYTES)
            if has_pictures:
                self.make_pictures(min(max(12_000, self.budget * 0.9 - 50_000), most_bps))
            self.receive()
            self.report()
            seen.append(self.estimate.bps)
        return seen

    def report(self):
        if self.reported and self.now_s >= self.reported[0] + 1.0:
            _, sent, came = self.reported
            self.reported = (self.now_s, self.sent, self.came)
            self.estimate.count(self.came - came, max(0, self.sent - sent - (self.came - came)), self.now_s)

    def make_pictures(self, bps):
        """One each 50 ms or as soon as the one before is through, its packets at 1.3 times the rate."""
        self.ready = min(self.ready + bps * 1.3 * 0.005, bps * 0.02)
        if not self.queue and self.now_s >= self.next_picture_s:
            size = max(400, bps / 8 / 20)
            self.next_picture_s = self.now_s + max(0.05, size * 8 / bps)
            self.queue = [MOST_BYTES] * int(size // MOST_BYTES) + [int(size % MOST_BYTES) + 1]
        while self.queue and self.ready >= 0:
            size = self.queue.pop(0)
            self.ready -= (size + OVERHEAD_BYTES) * 8
            self.send(PICTURE, size)

    def take(self, bps):
        self.budget = bps
        return False

    def send(self, ssrc, size):
        seq = self.seqs[ssrc] = self.seqs[ssrc] + 1 & 0xFFFF
        self.sent += 1
        wire_s = (size + OVERHEAD_BYTES) * 8 / self.rate_bps
        start_s = max(self.now_s, self.free_at_s)
        self.queues.append(start_s - self.now_s)
        if self.random.random() < self.loss or start_s - self.now_s > self.queue_s:
            self.dropped += 1
            return
        self.free_at_s = start_s + wire_s
        # In order, as links are.
        arrives_s = self.last_s = max(self.last_s, self.free_at_s + self.delay_s + self.random.random() * self.jitter_s)
        self.on_way.append((arrives_s, ssrc, seq, int(self.now_s * SEND_TIME_HZ) & 0xFFFFFF, size))

    def receive(self):
        come = [one for one in self.on_way if one[0] <= self.now_s]
        self.on_way = [one for one in self.on_way if one[0] > self.now_s]
        self.came += len(come)
        for _, ssrc, seq, sent, size in sorted(come):
            if self.estimate.note(ssrc, seq, sent if ssrc == PICTURE else None, self.now_s, size):
                self.told.append((self.now_s + self.delay_s, self.estimate.bps))


class BusyLink(Link):
    """Both computers have other things to do: the one sends, the other reads nothing for a while, again and again."""

    def __init__(self, late_s, **given):
        """Takes the average of these pauses."""
        super().__init__(**given)
        self.mean_s, self.blind_until_s, self.blind_s, self.silent_until_s, self.free_for_s = late_s, 0.0, 0.0, 0.0, 0.0
        self.own_s, self.looks_s = 0.0, (math.inf, -math.inf)
        self.estimate = LinkEstimate(self.budget, beat=self)

    def look(self, now_s):
        """As of a `Beat`."""
        began_s, until_s = self.looks_s
        self.looks_s = began_s if now_s <= until_s else now_s, now_s + 2.0

    def own_wait_s(self, now_s):
        """As of a `Beat`."""
        began_s, until_s = self.looks_s
        return self.own_s if began_s <= now_s <= until_s else 0.0

    def make_pictures(self, bps):
        if self.now_s >= self.silent_until_s:
            if self.random.random() < 0.05:
                self.silent_until_s = self.now_s + self.random.uniform(0, 2 * self.mean_s)
            super().make_pictures(bps)

    def receive(self):
        if self.now_s >= self.blind_until_s + self.free_for_s:
            self.blind_s, self.free_for_s = self.random.uniform(0, 2 * self.mean_s), self.random.uniform(0, 0.1)
            self.blind_until_s = self.now_s + self.blind_s
        if self.now_s < self.blind_until_s:
            return
        # A beat is due in the first 25 ms of a pause, and tells of what is left of it.
        self.own_s, self.blind_s = max(0.0, self.blind_s - self.random.uniform(0, 0.025)), 0.0
        super().receive()


@pytest.mark.parametrize("rate_bps", [150_000, 300_000, 1_000_000])
@pytest.mark.parametrize("queue_s", [0.1, 0.3, 1.0])
def test_on_a_narrow_link_it_settles_below_what_the_link_carries(rate_bps, queue_s):
    link = Link(rate_bps=rate_bps, queue_s=queue_s)
    link.run(6.0)
    dropped = link.dropped
    link.queues.clear()
    seen = link.run(20.0)
    assert 0.6 * rate_bps < sorted(seen)[len(seen) // 2] < 1.3 * rate_bps
    # A queue that holds three packets overflows before it is seen.
    assert link.dropped - dropped < (0.2 if rate_bps * queue_s < 30_000 else 0.02) * link.sent
    assert sorted(link.queues)[len(link.queues) // 2] < 0.06 + 10_000 / rate_bps


@pytest.mark.parametrize("delay_s", [0.0, 0.15])
@pytest.mark.parametrize("jitter_s", [0.0, 0.02])
def test_on_a_wide_link_it_is_soon_at_what_is_sent(delay_s, jitter_s):
    link = Link(rate_bps=50_000_000, delay_s=delay_s, jitter_s=jitter_s)
    assert link.run(6.0)[-1] > 1_800_000
    assert min(link.run(20.0)) > 1_800_000


@pytest.mark.parametrize("reports", [False, True])
@pytest.mark.parametrize("loss", [0.05, 0.1, 0.2])
def test_loss_without_a_queue_does_not_make_it_small_for_long(loss, reports):
    link = Link(rate_bps=50_000_000, loss=loss, reports=reports)
    link.run(12.0)
    seen = link.run(20.0)
    assert sorted(seen)[len(seen) // 2] > 800_000


class BurstLink(Link):
    """Loses packets in bursts of four on average, as radio does, one in twenty of all."""

    is_bad = False

    def send(self, ssrc, size):
        self.is_bad = self.random.random() < (0.75 if self.is_bad else 0.05 / 0.95 / 4)
        self.loss = float(self.is_bad)
        super().send(ssrc, size)


def test_losses_in_bursts_do_not_make_a_wide_link_narrow():
    seen = []
    for seed in range(8):
        link = BurstLink(rate_bps=20_000_000, seed=seed)
        link.run(5.0, most_bps=300_000)
        seen += link.run(40.0, most_bps=300_000)
    assert sum(bps < 300_000 for bps in seen) < 0.1 * len(seen)


def test_a_link_that_drops_what_is_too_much_is_kept_to():
    link = Link(rate_bps=400_000, queue_s=0.02)
    link.run(15.0)
    sent, dropped = link.sent, link.dropped
    link.run(20.0)
    assert (link.dropped - dropped) / (link.sent - sent) < 0.1


def test_it_follows_a_link_that_becomes_narrow_and_wide_again():
    link = Link(rate_bps=2_000_000)
    link.run(10.0)
    link.rate_bps = 300_000
    dropped = link.dropped
    assert link.run(3.0)[-1] < 330_000
    assert link.dropped - dropped < 250
    link.rate_bps = 2_000_000
    assert link.run(45.0)[-1] > 1_000_000


@pytest.mark.parametrize("rate_bps", [300_000, 2_000_000])
def test_a_way_that_becomes_longer_is_no_queue_for_long(rate_bps):
    link = Link(rate_bps=rate_bps, delay_s=0.005)
    link.run(10.0)
    link.delay_s = 0.150
    link.run(8.0)
    seen = link.run(20.0)
    assert sorted(seen)[len(seen) // 2] > 0.6 * rate_bps


def test_a_way_that_becomes_longer_at_once_is_no_queue_at_all():
    link = Link(rate_bps=50_000_000)
    before = link.run(10.0)[-1]
    link.delay_s = 0.175
    assert min(link.run(10.0)) >= before


@pytest.mark.parametrize(("reports", "share"), [(False, 0.15), (True, 0.15)])
def test_a_link_with_a_short_queue_is_found_out_within_seconds(reports, share):
    link = Link(rate_bps=300_000, queue_s=0.1, reports=reports)
    link.run(6.0)
    assert link.dropped < share * link.sent
    dropped, sent = link.dropped, link.sent
    link.run(20.0)
    assert link.dropped - dropped < 0.05 * (link.sent - sent)


@pytest.mark.parametrize("late_s", [0.05, 0.1])
def test_what_a_busy_computer_reads_late_is_no_queue(late_s):
    link = BusyLink(late_s, rate_bps=50_000_000)
    link.run(10.0)
    assert min(link.run(30.0)) > 1_000_000


def test_a_calm_loop_is_not_looked_at_and_a_late_one_is():
    for late_s, is_looked_at in ((0.0, False), (0.05, True)):
        link = BusyLink(late_s, rate_bps=50_000_000)
        link.run(20.0, most_bps=300_000)
        assert (link.looks_s[0] < link.now_s) is is_looked_at


def test_untold_of_its_lateness_a_busy_computer_takes_a_wide_link_for_a_narrow_one():
    link = BusyLink(0.2, rate_bps=50_000_000)
    link.own_wait_s = lambda now_s: 0.0
    link.run(10.0)
    assert min(link.run(30.0)) < 300_000


@pytest.mark.parametrize("rate_bps", [150_000, 300_000, 1_000_000])
@pytest.mark.parametrize("late_s", [0.05, 0.1])
def test_a_busy_computer_still_sees_a_narrow_link(rate_bps, late_s):
    link = BusyLink(late_s, rate_bps=rate_bps)
    link.run(6.0)
    dropped, sent = link.dropped, link.sent
    seen = link.run(20.0)
    assert 0.6 * rate_bps < sorted(seen)[len(seen) // 2] < 1.7 * rate_bps
    assert link.dropped - dropped < 0.02 * (link.sent - sent)


def test_one_late_moment_in_each_interval_hides_no_queue():
    link = Link(rate_bps=400_000, queue_s=1.0)
    late = {"look": lambda *_: None, "own_wait_s": lambda _, now_s: 0.2 if now_s % 0.1 < 0.02 else 0.0}
    link.estimate = LinkEstimate(500_000, beat=type("Late", (), late)())
    link.run(6.0)
    link.queues.clear()
    link.run(20.0)
    assert sorted(link.queues)[len(link.queues) * 95 // 100] < 0.25


def test_a_picture_that_its_sender_gave_up_is_not_lost_on_the_way():
    link = Link(rate_bps=50_000_000)
    before = link.run(10.0)[-1]
    for _ in range(5):
        link.seqs[PICTURE] += 40
        assert min(link.run(1.0)) >= before


def test_a_viewers_link_that_was_narrow_long_ago_is_tried_again_ever_more_seldom():
    link = Link(rate_bps=200_000, reports=True)
    tries = []
    for second in range(600):
        # The relay gives them the large picture as soon as their link seems to bear it.
        is_large = link.estimate.bps > 900_000
        tries += [second] if is_large else []
        link.run(1.0, most_bps=900_000 if is_large else 60_000)
    pauses = [later - before for before, later in itertools.pairwise(tries) if later - before > 1]
    assert 3 <= len(pauses) <= 6
    assert pauses[0] < 60 < 200 < pauses[-1]
    link.rate_bps = 50_000_000
    assert max(link.run(490.0, most_bps=60_000)) == 1_200_000


@pytest.mark.parametrize("pause_s", [0.4, 1.0])
def test_a_network_that_stands_still_for_a_moment_is_no_narrow_one(pause_s):
    link = Link(rate_bps=5_000_000, queue_s=3.0)
    before = link.run(8.0)[-1]
    for _ in range(4):
        link.free_at_s = link.now_s + pause_s
        assert min(link.run(3.0)) > 0.8 * before


def test_what_is_known_of_the_rate_goes_on_where_pictures_end_just_after_the_network_stood_still():
    link = Link(rate_bps=5_000_000, queue_s=3.0)
    link.run(8.0)
    link.free_at_s = link.now_s + 0.4
    link.run(0.45)
    link.run(5.0, has_pictures=False)
    assert link.estimate.incoming_bps < 100_000


@pytest.mark.parametrize("pause_s", [0.25, 0.4, 1.0])
def test_a_network_that_stood_still_and_is_narrow_then_is_found_out(pause_s):
    link = Link(rate_bps=5_000_000, queue_s=3.0)
    link.run(8.0)
    link.free_at_s, link.rate_bps = link.now_s + pause_s, 300_000
    assert link.run(pause_s + 2.0)[-1] < 300_000


def test_what_stands_still_does_not_make_it_small():
    link = Link(rate_bps=50_000_000, start_bps=600_000)
    seen = link.run(30.0, most_bps=60_000)
    # More is not known, but a link that never was too narrow is given what a face needs.
    assert min(seen) == 600_000
    assert max(seen) == 1_200_000


def test_a_voice_alone_gets_its_bits_again_long_after_a_narrow_time():
    link = Link(rate_bps=100_000)
    link.run(10.0)
    link.rate_bps = 50_000_000
    link.run(10.0, has_pictures=False)
    assert link.estimate.bps < 140_000
    link.run(40.0, has_pictures=False)
    assert link.estimate.bps >= 300_000


def test_it_goes_on_where_it_was_after_a_pause():
    link = Link(rate_bps=2_000_000)
    before = link.run(10.0)[-1]
    link.on_way.clear()
    link.now_s += 20.0
    assert min(link.run(3.0)) > 0.8 * before


def test_what_was_lost_in_a_blackout_is_not_taken_for_too_much_by_the_first_report_after_it():
    link = Link(rate_bps=5_000_000, reports=True)
    before = link.run(20.0)[-1]
    link.loss, link.reported = 1.0, (link.now_s + 5.0, *link.reported[1:])
    link.run(5.0)
    link.loss = 0.0
    assert min(link.run(10.0)) >= 0.8 * before


@pytest.mark.parametrize("pause_s", [5.0, 40.0, 70.0, 300.0])
def test_a_pause_of_all_pictures_is_no_queue(pause_s):
    link = Link(rate_bps=5_000_000)
    before = link.run(10.0)[-1]
    link.run(pause_s, has_pictures=False)
    assert min(link.run(5.0)) >= 0.8 * before
    assert link.estimate.queue_s < 0.01


def test_a_queue_that_was_there_when_the_pictures_ended_is_not_told_for_ever():
    link = Link(rate_bps=100_000, queue_s=1.0, start_bps=900_000)
    link.run(1.0)
    assert link.estimate.queue_s > 0.3
    link.run(4.0, has_pictures=False)
    assert link.estimate.queue_s == 0.0


def test_packets_that_are_sent_again_tell_nothing_of_the_time_on_the_way():
    estimate = LinkEstimate(500_000)
    for number in range(400):
        now_s = number * 0.01
        estimate.note(PICTURE, number & 0xFFFF, int(now_s * SEND_TIME_HZ) & 0xFFFFFF, now_s, 500)
        estimate.note(PICTURE, number - 60 & 0xFFFF, int((now_s - 0.6) * SEND_TIME_HZ) & 0xFFFFFF, now_s, 500)
    assert estimate.queue_s < 0.01


def test_a_link_has_room_until_a_queue_says_otherwise_and_long_after_it_again():
    link = Link(rate_bps=2_000_000)
    link.run(3.0)
    assert link.estimate.has_room(link.now_s)
    link.rate_bps = 200_000
    link.run(3.0)
    assert not link.estimate.has_room(link.now_s)
    link.rate_bps = 2_000_000
    link.run(10.0)
    assert not link.estimate.has_room(link.now_s), "it was full only just"
    link.run(30.0)
    assert link.estimate.has_room(link.now_s)
