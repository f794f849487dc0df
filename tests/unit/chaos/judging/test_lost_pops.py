from tests.chaos.judging.stores.lost_pops import popping_ports, unread_bytes

SOCKETS = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000009 00:00000000 00000000     0        0 1 1 0
   1: 0100007F:1388 0100007F:18EB 01 00000003:000001F4 00:00000000 00000000     0        0 2 1 0
   2: 0100007F:18EB 0100007F:1388 01 00000000:00000007 00:00000000 00000000     0        0 3 1 0
"""


def test_a_client_whose_last_command_is_brpop_is_popping() -> None:
    connections = [
        {"addr": "127.0.0.1:5000", "cmd": "brpop"},
        {"addr": "127.0.0.1:5001", "cmd": "hset"},
    ]

    assert popping_ports(connections) == {5000}


def test_only_received_bytes_of_the_ports_are_unread() -> None:
    assert unread_bytes(SOCKETS, {5000}) == 500
    assert unread_bytes(SOCKETS, {5001}) == unread_bytes(SOCKETS, set()) == 0
