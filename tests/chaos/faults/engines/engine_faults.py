"""What can be done to any engine."""

from tests.chaos.scenario import Stage


def kill_engine(stage: Stage, *, name: str, down_s: float) -> int:
    """Kill it, and start it later on what it has on disk."""
    engine = stage.engines[name]
    engine.kill()
    stage.go_on_for(down_s)
    engine.start()
    engine.wait_ready()
    return 1


def freeze_engine(stage: Stage, *, name: str, for_s: float) -> int:
    """Stop it in its tracks: connections stay open and nothing answers."""
    engine = stage.engines[name]
    engine.freeze()
    stage.go_on_for(for_s)
    engine.thaw()
    return 1
