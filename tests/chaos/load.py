"""Simulated customers: create, pay, cancel, pay twice at once, pay and cancel at once.

Each order has its own user: a user with two orders shows that one key made two orders.
"""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from math import inf
from random import Random
from threading import Barrier, BrokenBarrierError, Event, Lock
from uuid import UUID

import httpx

from deploy.local.demo.shop import PAYMENT_METHODS
from tests.chaos.judging.evidence import Promise
from tests.chaos.judging.measures.answers import Answer

ANSWER_TIMEOUT_S = 8.0
"""A customer's timeout; after it the outcome is unknown."""

CUSTOMERS = 8
REPEATS_AFTER_S = 1.0

WILL_BE_FINISHED = "will be finished by itself"


class Load:
    """Orders at a fixed rate from all customers together, until stopped.

    First a burst: each customer creates a number of orders, then all pay
    or cancel as fast as possible.
    """

    def __init__(
        self, api_url: str, parts: Sequence[UUID], *, seed: int, per_s: float, basket: int = 0
    ) -> None:
        self._http = httpx.Client(
            trust_env=False,
            base_url=f"{api_url}/api/v1",
            timeout=ANSWER_TIMEOUT_S,
            limits=httpx.Limits(max_connections=3 * CUSTOMERS),
        )
        self._parts = [str(part) for part in parts]
        self._pause_s = CUSTOMERS / per_s
        self._basket = basket
        self._checkout = Barrier(CUSTOMERS)
        self._seed = seed
        self._stop = Event()
        self._lock = Lock()
        self._promises: list[Promise] = []
        self._will_be_paid: set[UUID] = set()
        self._given: list[Answer] = []
        self.answers: Counter[str] = Counter()
        self._pairs = ThreadPoolExecutor(2 * CUSTOMERS)
        self._customers = ThreadPoolExecutor(CUSTOMERS)
        self._shopping: list[Future[None]] = []

    def start(self) -> None:
        for number in range(CUSTOMERS):
            random = Random(f"{self._seed} {number}")  # noqa: S311  # repeatable on purpose
            self._shopping.append(self._customers.submit(self._shop, random))

    def stop(self) -> None:
        """Wait for every customer's last answer. Raises the error of a customer that failed."""
        self._stop.set()
        self._checkout.abort()
        self._customers.shutdown()
        self._pairs.shutdown()
        self._http.close()
        for customer in self._shopping:
            customer.result()

    @property
    def orders(self) -> int:
        """Number of acknowledged creates."""
        return self.answers["create 201"]

    def promises(self) -> tuple[Promise, ...]:
        """Return the answered outcomes; a payment that "will be finished" counts as paid."""
        with self._lock:
            return tuple(
                replace(each, is_paid=each.is_paid or each.order_uuid in self._will_be_paid)
                for each in self._promises
            )

    def given(self, *, since_s: float = 0.0, until_s: float = inf) -> tuple[Answer, ...]:
        """Return the answers to requests sent between two times of time.monotonic()."""
        with self._lock:
            return tuple(each for each in self._given if since_s <= each.asked_at_s < until_s)

    def _shop(self, random: Random) -> None:
        self._fill_and_check_out(random)
        next_at = time.monotonic() + self._pause(random)
        while not self._stop.wait(max(0.0, next_at - time.monotonic())):
            next_at = max(next_at + self._pause(random), time.monotonic())
            if order_uuid := self._create(random):
                self._check_out(order_uuid, random)

    def _fill_and_check_out(self, random: Random) -> None:
        basket: list[UUID] = []
        while len(basket) < self._basket and not self._stop.is_set():
            if order_uuid := self._create(random):
                basket.append(order_uuid)
        with suppress(BrokenBarrierError):
            self._checkout.wait()
        for order_uuid in basket:
            self._check_out(order_uuid, random)

    def _check_out(self, order_uuid: UUID, random: Random) -> None:
        act = random.choices(
            (self._pay, self._cancel, self._pay_twice, self._pay_and_cancel), (70, 10, 10, 10)
        )[0]
        method, other = random.sample(PAYMENT_METHODS, 2)
        promise = act(order_uuid, method, other)
        with self._lock:
            self._promises.append(promise)

    def _pause(self, random: Random) -> float:
        return 2 * random.random() * self._pause_s

    def _create(self, random: Random) -> UUID | None:
        wanted = {
            "user_uuid": str(UUID(int=random.getrandbits(128), version=4)),
            "part_uuids": random.sample(self._parts, k=random.randint(2, 6)),
        }
        key = str(UUID(int=random.getrandbits(128), version=4))
        reply = self._post("create", "/orders", wanted, key=key)
        if not _is(reply, httpx.codes.CREATED) and not self._stop.wait(REPEATS_AFTER_S):
            reply = self._post("create", "/orders", wanted, key=key)
        if reply is None or reply.status_code != httpx.codes.CREATED:
            return None
        return UUID(reply.json()["order_uuid"])

    def _pay(self, order_uuid: UUID, method: str, _other: str) -> Promise:
        is_paid = self._is_paid(order_uuid, method)
        if not is_paid and not self._stop.wait(REPEATS_AFTER_S):
            is_paid = self._is_paid(order_uuid, method)
        return Promise(order_uuid=order_uuid, is_paid=is_paid)

    def _cancel(self, order_uuid: UUID, _method: str, _other: str) -> Promise:
        return Promise(order_uuid=order_uuid, is_cancelled=self._is_cancelled(order_uuid))

    def _pay_twice(self, order_uuid: UUID, method: str, other: str) -> Promise:
        first = self._pairs.submit(self._is_paid, order_uuid, method)
        second = self._pairs.submit(self._is_paid, order_uuid, other)
        return Promise(order_uuid=order_uuid, is_paid=first.result() | second.result())

    def _pay_and_cancel(self, order_uuid: UUID, method: str, _other: str) -> Promise:
        paying = self._pairs.submit(self._is_paid, order_uuid, method)
        cancelling = self._pairs.submit(self._is_cancelled, order_uuid)
        return Promise(
            order_uuid=order_uuid, is_paid=paying.result(), is_cancelled=cancelling.result()
        )

    def _is_paid(self, order_uuid: UUID, method: str) -> bool:
        reply = self._post("pay", f"/orders/{order_uuid}/pay", {"payment_method": method})
        if reply is not None and WILL_BE_FINISHED in reply.text:
            with self._lock:
                self._will_be_paid.add(order_uuid)
        return _is(reply, httpx.codes.OK)

    def _is_cancelled(self, order_uuid: UUID) -> bool:
        reply = self._post("cancel", f"/orders/{order_uuid}/cancel")
        return _is(reply, httpx.codes.NO_CONTENT)

    def _post(
        self, name: str, path: str, body: object = None, *, key: str | None = None
    ) -> httpx.Response | None:
        """Return the answer, or None: then the request may or may not have been done."""
        asked_at_s = time.monotonic()
        headers = {"Idempotency-Key": key} if key else None
        try:
            reply = self._http.post(path, json=body, headers=headers)
        except httpx.TransportError as error:
            self._note(name, type(error).__name__, asked_at_s)
            return None
        self._note(name, str(reply.status_code), asked_at_s)
        return reply

    def _note(self, request: str, outcome: str, asked_at_s: float) -> None:
        took_s = time.monotonic() - asked_at_s
        answer = Answer(request=request, outcome=outcome, asked_at_s=asked_at_s, took_s=took_s)
        with self._lock:
            self._given.append(answer)
            self.answers[f"{request} {outcome}"] += 1


def _is(reply: httpx.Response | None, status: int) -> bool:
    return reply is not None and reply.status_code == status
