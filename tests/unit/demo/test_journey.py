import io
from uuid import UUID

from rich.console import Console

from deploy.local.demo.journey import Journey, Stage
from deploy.local.demo.views import LiveView, PlainView

NOTHING_SENT: frozenset[UUID] = frozenset()


def a_journey(number: int = 1) -> Journey:
    return Journey(number=number, order_uuid=UUID(int=number), total_price=1500.5)


def test_an_order_counts_as_notified_only_when_both_events_were_sent() -> None:
    assembled = a_journey().seen("ASSEMBLED", sent=NOTHING_SENT, now_s=9.0)

    half = assembled.seen("ASSEMBLED", sent=frozenset({assembled.paid_event}), now_s=10.0)
    whole = half.seen("ASSEMBLED", sent=assembled.events, now_s=11.0)

    assert (half.stage, whole.stage) == (Stage.ASSEMBLED, Stage.NOTIFIED)
    assert (whole.assembled_at_s, whole.notified_at_s) == (9.0, 11.0)


def test_a_stage_never_moves_back() -> None:
    assembled = a_journey().seen("ASSEMBLED", sent=NOTHING_SENT, now_s=9.0)

    assert assembled.seen("PAID", sent=NOTHING_SENT, now_s=10.0) == assembled


def test_the_countdown_runs_from_the_payment_to_the_end_of_building() -> None:
    paid = a_journey().seen("PAID", sent=NOTHING_SENT, now_s=100.0)

    assert paid.left_s(100.0) == paid.build_time_s
    assert paid.left_s(100.0 + paid.build_time_s + 1) == 0.0


def test_without_a_terminal_a_line_is_printed_only_when_a_stage_changes() -> None:
    output = io.StringIO()
    paid = a_journey().seen("PAID", sent=NOTHING_SENT, now_s=1.0)

    with PlainView(Console(file=output)) as view:
        view.show([a_journey()])
        view.show([paid])
        view.show([paid])

    lines = output.getvalue().splitlines()
    assert [line.split("  ")[-1] for line in lines] == [
        "PENDING_PAYMENT",
        f"PAID, building ({paid.build_time_s} s)",
    ]


def test_a_terminal_shows_every_order_with_its_countdown() -> None:
    output = io.StringIO()
    paid = a_journey(2).seen("PAID", sent=NOTHING_SENT, now_s=1e12)

    with LiveView(Console(file=output, force_terminal=True, width=120)) as view:
        view.show([a_journey(1), paid])

    assert "1,500.50" in output.getvalue()
    assert "PAID, building" in output.getvalue()
