"""What can be done to any engine."""

from tests.chaos.scenario import RunningSystem


def kill_engine(system: RunningSystem, *, name: str, down_s: float) -> int:
    """Kill it, and start it later on what it has on disk."""
    engine = system.engines[name]
    engine.kill()
    system.go_on_for(down_s)
    engine.start()
    engine.wait_ready()
    return 1


def freeze_engine(system: RunningSystem, *, name: str, for_s: float) -> int:
    """Stop it in its tracks: connections stay open and nothing answers."""
    engine = system.engines[name]
    engine.freeze()
    system.go_on_for(for_s)
    engine.thaw()
    return 1
