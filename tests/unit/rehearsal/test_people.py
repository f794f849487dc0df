from tests.rehearsal.people import VERSION, People

CALLER = People(user=None, python="/usr/bin/python3", reads_all=False)


def told(images_python: str) -> bool:
    return any("Python" in line for line in CALLER.left_out(images_python=images_python))


def test_another_python_than_the_images_is_told_and_the_same_is_not() -> None:
    assert told("2.7")
    assert not told(VERSION)
