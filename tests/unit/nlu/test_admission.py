"""How many turns may be under way, on a clock of the test's own."""

from nlu.channels.admission import ALWAYS, LONGEST_WAIT, Admission


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def overload(per_turn: float, arrivals_per_turn: int, seconds: float = 60.0) -> list[float]:
    """One turn is done at a time, more come in than are done; how long each that was let in took."""
    clock = Clock()
    admission = Admission(clock)
    under_way: list[float] = []
    took: list[float] = []
    while clock.now < 100.0 + seconds:
        under_way += [clock.now for _ in range(arrivals_per_turn) if admission.enter()]
        clock.now += per_turn
        took.append(clock.now - under_way.pop(0))
        admission.leave()
    return took


def test_under_overload_whoever_is_let_in_is_answered_in_time() -> None:
    for per_turn in (0.005, 0.02, 0.05, 0.15):
        took = sorted(overload(per_turn, arrivals_per_turn=4))
        assert took[len(took) * 95 // 100] < 2.0
        assert took[len(took) // 2] > LONGEST_WAIT / 3  # and as many are let in as can be


def test_without_overload_nobody_is_turned_away() -> None:
    clock = Clock()
    admission = Admission(clock)
    for _ in range(1000):
        assert admission.enter()
        clock.now += 0.05
        admission.leave()
        clock.now += 7.0  # an idle time is no slow turn
    assert all(admission.enter() for _ in range(ALWAYS))


def test_a_few_are_let_in_however_slow_it_is() -> None:
    clock = Clock()
    admission = Admission(clock)
    for _ in range(50):
        assert admission.enter()
        clock.now += 30.0
        admission.leave()
    assert [admission.enter() for _ in range(ALWAYS + 2)] == [True] * ALWAYS + [False] * 2
    for _ in range(ALWAYS):
        admission.leave()
    assert admission.enter()
