from tests.support.pages import Block, Run, blocks_of, complaints, is_printed

PAGE = """
Make a folder:

```sh
mkdir ships
```

```python
print("not run")
```

Look into it:

```sh
ls ships
```

```text
total 0
```
"""


def test_the_commands_of_a_page_are_its_sh_blocks_with_what_they_print() -> None:
    assert blocks_of(PAGE) == [
        Block(line=4, commands="mkdir ships\n"),
        Block(line=14, commands="ls ships\n", prints=("total 0",)),
    ]


def test_blanks_are_alike_and_an_ellipsis_stands_for_anything() -> None:
    output = "id\tservice\norder.paid/3:0\tassembly\tWire format was corrupt\n"

    assert is_printed("order.paid/… assembly …corrupt", output)
    assert not is_printed("assembly", output)


def test_a_page_that_does_what_it_says_has_no_complaints() -> None:
    run = Run(exit_code=0, outputs=("", "total 0\n"))

    assert complaints(blocks_of(PAGE), run) == []


def test_a_command_that_fails_is_named_by_its_line() -> None:
    run = Run(exit_code=1, outputs=("mkdir: cannot create\n",))

    assert complaints(blocks_of(PAGE), run) == ["line 4: ends with 1:\nmkdir: cannot create\n"]


def test_a_line_that_is_not_printed_is_named_with_what_is() -> None:
    run = Run(exit_code=0, outputs=("", "total 4\n"))

    assert complaints(blocks_of(PAGE), run) == [
        "line 14: does not print 'total 0', but:\ntotal 4\n"
    ]
