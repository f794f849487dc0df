def run_consumer() -> None:
    raise NotImplementedError
