"""A screen comes and goes in a running call of two real clients; camera and voice go on as if nothing had been."""

from app.net.encoding import PicturePolicy
from app.net.tracks import PictureTrack
from app.wire.sharing import StartSharing
from tests.net.relayed import Playing
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, has_colour, has_tone, meet, share_a_room

SCREEN = PicturePolicy(start_rate=600_000, least_rate=100_000, most_rate=1_500_000, saver_rate=200_000, fps=15)
GREY = 210


def on_loop(client, act):
    async def run():
        return act()

    return client.conductor._loop.submit(run()).result(10)


def share(client):
    """Sends a screen of one grey; returns what plays it."""

    def add():
        track = PictureTrack(SCREEN)
        client.conductor.peers.sending.add("screen", track)
        return Playing(track, grey=GREY, fps=15)

    return on_loop(client, add)


def unshare(client, playing):
    on_loop(client, lambda: client.conductor.peers.sending.remove("screen"))
    client.conductor._loop.submit(playing.stop()).result(10)


def log_packets(client):
    """Notes the sequence number of whatever arrives from now on: for each line a list."""

    def listen():
        logs = []
        for line in client.conductor._call.receiver._lines.values():
            seqs = []
            logs.append(seqs)

            async def noting(packet, codec, *, take=line.stream.take, seqs=seqs):
                seqs.append(packet.sequence_number)
                await take(packet, codec)

            line.stream.take = noting
        return logs

    return on_loop(client, listen)


def is_grey(picture):
    return abs(float(picture.seen[:, :, :3].mean()) - 255 * (GREY - 16) / 219) < 25


def test_a_screen_comes_and_goes_in_a_running_call_and_nothing_else_is_missing(cast):
    ada = cast.enter("ada", ADA, ADA_HZ)
    grace = cast.enter("grace", GRACE, GRACE_HZ)
    meeting = meet(ada, grace, share_a_room(ada, grace))
    own_id = ada.state.me.id
    grace.wait_picture(own_id, has_colour(ADA))
    grace.wait_heard(has_tone(ADA_HZ), seconds=0.5)
    logs = log_packets(grace)
    skipped = on_loop(grace, lambda: grace.conductor._call.receiver.picture_statistics()[own_id, "camera"].skipped)
    on_loop(ada, lambda: ada.conductor._servers.say(StartSharing(meeting=meeting)))
    grace.wait_for(lambda state: any(one.sharing for one in state.call.people))

    for _ in range(2):
        playing = share(ada)
        grace.wait_picture(f"{own_id}:screen", is_grey)
        assert has_colour(ADA)(grace.pictures[own_id])
        unshare(ada, playing)
        grace.wait_blocks(0.3)
        grace.pictures.clear()
        grace.wait_picture(own_id, has_colour(ADA))

    newest = on_loop(grace, lambda: [max(seqs) for seqs in logs])
    grace.wait_blocks(0.5)  # what is missing before these may still be asked for again
    voice, pictures = on_loop(grace, lambda: [sorted({*seqs}) for seqs in logs])
    assert len(voice) > 50
    assert len(pictures) > 10
    for seqs, last in zip((voice, pictures), newest, strict=True):
        assert [seq for seq in seqs if seq <= last] == list(range(seqs[0], last + 1))
    face = on_loop(grace, lambda: grace.conductor._call.receiver.picture_statistics()[own_id, "camera"])
    assert face.skipped == skipped
    assert len(on_loop(ada, lambda: ada.conductor.peers._call.sending.getTransceivers())) == 3
    grace.wait_heard(has_tone(ADA_HZ), seconds=0.5)
