from uuid import UUID

from libs.postgres.arrays import array_text


def test_an_array_is_written_as_postgresql_reads_it() -> None:
    assert array_text([1, None, UUID(int=2)]) == "{1,NULL,00000000-0000-0000-0000-000000000002}"
    assert array_text([]) == "{}"
