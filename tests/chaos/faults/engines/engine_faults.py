"""Faults of any engine."""

from tests.chaos.scenario import RunningSystem


def kill_engine(system: RunningSystem, *, name: str, down_s: float) -> int:
    """Kill it, and start it later with its data."""
    engine = system.engines[name]
    engine.kill()
    system.go_on_for(down_s)
    engine.start()
    engine.wait_ready()
    return 1


def freeze_engine(system: RunningSystem, *, name: str, for_s: float) -> int:
    """Freeze it: connections stay open and nothing answers."""
    engine = system.engines[name]
    engine.freeze()
    system.go_on_for(for_s)
    engine.thaw()
    return 1
