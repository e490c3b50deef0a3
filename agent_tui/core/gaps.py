"""Which stretches of a transcript are known to be without a hole. Right in whatever order the pieces arrive."""

from agent_tui.core.state import Transcript
from agent_tui.model.ids import OrderKey


def join(transcript: Transcript, first: OrderKey, last: OrderKey) -> None:
    """Nothing is missing between `first` and `last`: merge this with what was known, and settle `gap_after`."""
    stretches = transcript.stretches
    if stretches and stretches[-1][0] <= first <= stretches[-1][1]:
        if last > stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], last)
    else:
        apart = [stretch for stretch in stretches if stretch[1] < first or stretch[0] > last]
        touched = [stretch for stretch in stretches if not (stretch[1] < first or stretch[0] > last)]
        merged = (min([first, *(start for start, _ in touched)]), max([last, *(end for _, end in touched)]))
        transcript.stretches = sorted([*apart, merged])
    if transcript.gap_after is not None or transcript.noted_gap is not None or len(transcript.stretches) > 1:
        _settle(transcript)


def follow(transcript: Transcript, key: OrderKey) -> None:
    """A live entry of a backend whose keys show no holes: it follows what is held, unless a gap is noted there."""
    stretches = transcript.stretches
    if not stretches or (transcript.noted_gap is not None and transcript.noted_gap >= stretches[-1][1]):
        join(transcript, key, key)
    elif key > stretches[-1][1]:
        join(transcript, stretches[-1][1], key)


def note_gap(transcript: Transcript, after: OrderKey) -> None:
    """The backend says that entries after `after` are missing; closed by a stretch that reaches beyond it."""
    if transcript.noted_gap is None or after < transcript.noted_gap:
        transcript.noted_gap = after
    _settle(transcript)


def reached_end(transcript: Transcript) -> None:
    """What is held reaches to the newest entry there is: nothing is missing after it."""
    if len(transcript.stretches) < 2:
        transcript.noted_gap = None
    _settle(transcript)


def begin_at(transcript: Transcript, key: OrderKey) -> None:
    """What lies before `key` is not held any more."""
    transcript.stretches = [(max(start, key), end) for start, end in transcript.stretches if end >= key]
    transcript.reaches_start = False
    _settle(transcript)


def _settle(transcript: Transcript) -> None:
    stretches, noted = transcript.stretches, transcript.noted_gap
    if noted is not None and stretches and noted < stretches[-1][1] and len(stretches) == 1:
        transcript.noted_gap = noted = None
    transcript.gap_after = stretches[0][1] if len(stretches) > 1 else noted
