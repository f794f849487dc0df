from tests.chaos.judging.measures.sizes import MORE_FILES, MORE_THREADS, Size, overgrown

BEFORE = Size(files=40, threads=12)


def test_a_role_whose_pools_filled_is_not_overgrown() -> None:
    after = Size(files=BEFORE.files + MORE_FILES, threads=BEFORE.threads + MORE_THREADS)

    assert list(overgrown("order-http", BEFORE, after)) == []


def test_a_role_that_leaks_a_socket_a_second_violates_i8() -> None:
    after = Size(files=BEFORE.files + 120, threads=BEFORE.threads)

    (violation,) = overgrown("assembly-worker", BEFORE, after)

    assert str(violation) == "I8: assembly-worker has 160 files open, and had 40"


def test_a_role_that_leaks_threads_violates_i8() -> None:
    after = Size(files=BEFORE.files, threads=BEFORE.threads + 120)

    (violation,) = overgrown("order-http", BEFORE, after)

    assert str(violation) == "I8: order-http has 132 threads, and had 12"
