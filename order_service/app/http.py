def run_http() -> None:
    raise NotImplementedError
