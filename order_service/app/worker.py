def run_worker() -> None:
    raise NotImplementedError
