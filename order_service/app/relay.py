def run_relay() -> None:
    raise NotImplementedError
