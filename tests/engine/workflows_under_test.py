"""Workflows and activities the engine's tests run. Plain enough to be imported into the SDK's sandbox."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError

MINUTE = timedelta(minutes=1)
COLOUR = SearchAttributeKey.for_keyword("Colour")
SIZE = SearchAttributeKey.for_int("Size")


@activity.defn
async def double(number: int) -> int:
    return number * 2


@activity.defn
def double_sync(number: int) -> int:
    return number * 2


@activity.defn
async def flaky(failures: int) -> int:
    """Fails the given number of times; returns the attempt that succeeded."""
    attempt = activity.info().attempt
    if attempt <= failures:
        raise ApplicationError(f"attempt {attempt}", type="Flaky")
    return attempt


@activity.defn
async def fail_for_good(kind: str) -> None:
    raise ApplicationError("no", type=kind, non_retryable=kind == "Final")


@workflow.defn
class Sleeper:
    @workflow.run
    async def run(self, seconds: list[float]) -> list[str]:
        woke: list[tuple[str, float]] = []

        async def one(delay: float) -> None:
            await asyncio.sleep(delay)
            woke.append((workflow.now().isoformat(), delay))

        await asyncio.gather(*(one(each) for each in seconds))
        return [f"{at} {delay}" for at, delay in woke]


@workflow.defn
class RunsActivity:
    """Runs one activity by name with the given options and reports what became of it."""

    @workflow.run
    async def run(self, name: str, argument: int | str, options: dict[str, float], forbidden: list[str]) -> str:
        policy = RetryPolicy(
            initial_interval=timedelta(seconds=options.get("initial", 1)),
            backoff_coefficient=options.get("coefficient", 2.0),
            maximum_interval=timedelta(seconds=options["maximum"]) if "maximum" in options else None,
            maximum_attempts=int(options.get("attempts", 0)),
            non_retryable_error_types=forbidden or None,
        )

        def timeout(key: str) -> timedelta | None:
            return timedelta(seconds=options[key]) if key in options else None

        try:
            result = await workflow.execute_activity(
                name,
                argument,
                start_to_close_timeout=timeout("start_to_close"),
                schedule_to_close_timeout=timeout("schedule_to_close"),
                schedule_to_start_timeout=timeout("schedule_to_start"),
                heartbeat_timeout=timeout("heartbeat"),
                retry_policy=policy,
            )
        except ActivityError as error:
            cause = error.cause
            state = error.retry_state.name if error.retry_state else None
            kind = getattr(cause, "type", None)
            shown = getattr(kind, "name", kind)
            return f"{type(cause).__name__} {shown} {state} {workflow.time()}"
        return f"{result} {workflow.time()}"


@workflow.defn
class CancelsActivity:
    """Starts an activity, asks to cancel it after a minute, and reports what it saw and when."""

    @workflow.run
    async def run(self, name: str, kind: int) -> str:
        started = workflow.now()
        handle = workflow.start_activity(
            name,
            start_to_close_timeout=timedelta(hours=9),
            heartbeat_timeout=timedelta(hours=1),
            cancellation_type=workflow.ActivityCancellationType(kind),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
        await asyncio.sleep(60)
        handle.cancel()
        try:
            result = await handle
        except ActivityError as error:
            return f"{type(error.cause).__name__} after {(workflow.now() - started).total_seconds():.0f}"
        return f"{result} after {(workflow.now() - started).total_seconds():.0f}"


@workflow.defn
class LocalActivities:
    @workflow.run
    async def run(self, failures: int) -> list[int]:
        first = await workflow.execute_local_activity(double, 4, start_to_close_timeout=MINUTE)
        second = await workflow.execute_local_activity(
            flaky, failures, start_to_close_timeout=MINUTE, retry_policy=RetryPolicy(maximum_attempts=5)
        )
        return [first, second]


@dataclass
class Offer:
    price: int
    by: str


@workflow.defn
class Auction:
    """Updates, signals, queries and a deadline."""

    def __init__(self) -> None:
        self.offers: list[Offer] = []
        self.notes: list[str] = []
        self.closed = False
        self.validated = 0

    @workflow.run
    async def run(self, deadline_seconds: float) -> str:
        deadline = timedelta(seconds=deadline_seconds) if deadline_seconds >= 0 else None
        try:
            await workflow.wait_condition(lambda: self.closed, timeout=deadline)
        except TimeoutError:
            return f"deadline with {len(self.offers)} offers"
        await workflow.wait_condition(workflow.all_handlers_finished)
        return f"sold for {self.offers[-1].price if self.offers else 0}; notes {self.notes}"

    @workflow.update
    async def offer(self, offer: Offer) -> int:
        self.offers.append(offer)
        return len(self.offers)

    @offer.validator
    def _check(self, offer: Offer) -> None:
        self.validated += 1
        if offer.price <= (self.offers[-1].price if self.offers else 0):
            raise ApplicationError("too low", offer.price, type="TooLow")

    @workflow.update
    async def slow_offer(self, offer: Offer) -> int:
        doubled = await workflow.execute_activity(double, offer.price, start_to_close_timeout=MINUTE)
        await asyncio.sleep(60)
        self.offers.append(Offer(doubled, offer.by))
        return doubled

    @workflow.update
    async def bad_offer(self) -> None:
        raise ApplicationError("accepted, then failed", type="Late")

    @workflow.update
    async def hammer(self) -> str:
        self.closed = True
        return workflow.current_update_info().id  # type: ignore[union-attr]

    @workflow.signal
    async def note(self, text: str) -> None:
        self.notes.append(text)

    @workflow.query
    def waiting_for(self) -> str:
        return f"the hammer, {len(self.offers)} offers so far"

    @workflow.query
    def state(self) -> dict[str, int]:
        return {"offers": len(self.offers), "notes": len(self.notes), "validated": self.validated}

    @workflow.query
    def broken(self) -> str:
        raise RuntimeError("cannot say")


@workflow.defn
class Counter:
    """Continues as new `left` times."""

    @workflow.run
    async def run(self, left: int, seen: list[str]) -> list[str]:
        info = workflow.info()
        seen = [
            *seen,
            f"{info.run_id}|{info.first_execution_run_id}|{info.continued_run_id}|{workflow.random().random()}",
        ]
        workflow.upsert_memo({f"run{left}": left})
        workflow.upsert_search_attributes([SIZE.value_set(left)])
        await asyncio.sleep(10)
        if left:
            workflow.continue_as_new(args=[left - 1, seen])
        return seen


@workflow.defn
class Relay:
    """Continues as new at its first update, which it accepts only in the second run."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @workflow.run
    async def run(self, second: bool) -> list[str]:
        if not second:
            await workflow.wait_condition(lambda: bool(self.said))
            workflow.continue_as_new(True)
        await workflow.wait_condition(lambda: len(self.said) > 1)
        return self.said

    @workflow.update
    async def say(self, word: str) -> str:
        self.said.append(word)
        return workflow.info().run_id


@workflow.defn
class Leaf:
    """A child: sleeps, then returns, fails or honours cancellation slowly, as told."""

    def __init__(self) -> None:
        self.pokes = 0

    @workflow.run
    async def run(self, how: str) -> str:
        if how == "fail":
            raise ApplicationError("leaf failed", type="LeafError")
        if how == "continue":
            workflow.continue_as_new("once")
        try:
            if how == "poked":
                await workflow.wait_condition(lambda: self.pokes > 0)
                return f"poked {self.pokes}"
            await asyncio.sleep(60 if how != "long" else 86_400)
        except asyncio.CancelledError:
            await asyncio.sleep(30)
            raise
        return f"leaf {how}"

    @workflow.signal
    def poke(self) -> None:
        self.pokes += 1


@workflow.defn
class Parent:
    @workflow.run
    async def run(self, plan: list[str]) -> list[str]:
        """Each entry of the plan is `verb` or `verb:argument`."""
        said: list[str] = []
        prefix = workflow.info().workflow_id
        for number, entry in enumerate(plan):
            verb, _, argument = entry.partition(":")
            child_id = f"{prefix}/{number}"
            try:
                if verb == "child":
                    said.append(await workflow.execute_child_workflow(Leaf.run, argument, id=child_id))
                elif verb == "taken":
                    await workflow.start_child_workflow(Leaf.run, "x", id=argument)
                elif verb == "poke":
                    handle = await workflow.start_child_workflow(Leaf.run, "poked", id=child_id)
                    await handle.signal(Leaf.poke)
                    said.append(await handle)
                elif verb == "cancel":
                    handle = await workflow.start_child_workflow(
                        Leaf.run,
                        "long",
                        id=child_id,
                        cancellation_type=workflow.ChildWorkflowCancellationType[argument],
                        parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                    )
                    await asyncio.sleep(5)
                    handle.cancel()
                    before = workflow.time()
                    try:
                        await handle
                    except ChildWorkflowError as error:
                        said.append(f"{type(error.cause).__name__} +{workflow.time() - before:.0f}")
                elif verb == "leave":
                    await workflow.start_child_workflow(
                        Leaf.run, "long", id=child_id, parent_close_policy=workflow.ParentClosePolicy[argument]
                    )
                elif verb == "again":
                    workflow.continue_as_new(["child:x"])
                elif verb == "signal":
                    await workflow.get_external_workflow_handle(argument).signal("poke")
                    said.append("signalled")
                elif verb == "stop":
                    await workflow.get_external_workflow_handle(argument).cancel()
                    said.append("stopped")
            except ChildWorkflowError as error:
                said.append(f"{type(error).__name__}: {error.cause!r}")
            except Exception as error:
                said.append(f"{type(error).__name__}")
        return said


@workflow.defn
class Attributes:
    @workflow.run
    async def run(self) -> str:
        workflow.upsert_search_attributes([COLOUR.value_set("red"), SIZE.value_set(3)])
        workflow.upsert_memo({"note": "hello", "gone": "soon", "empty": []})
        await asyncio.sleep(1)
        workflow.upsert_search_attributes([SIZE.value_unset()])
        workflow.upsert_memo({"gone": None})
        return str(workflow.info().typed_search_attributes.get(COLOUR))


@workflow.defn
class Patched:
    @workflow.run
    async def run(self) -> str:
        first = workflow.patched("new-way")
        workflow.deprecate_patch("old-way")
        await asyncio.sleep(1)
        return f"{first} {workflow.patched('new-way')}"


@workflow.defn
class Buggy:
    @workflow.run
    async def run(self) -> None:
        raise KeyError("a bug")


@workflow.defn
class Retried:
    @workflow.run
    async def run(self, failures: int) -> str:
        info = workflow.info()
        if info.attempt <= failures:
            raise ApplicationError(f"run {info.attempt}", type="Again")
        return f"attempt {info.attempt} at {workflow.time():.0f}"


@workflow.defn
class UsesNexus:
    @workflow.run
    async def run(self) -> None:
        client = workflow.create_nexus_client(service="some-service", endpoint="some-endpoint")
        await client.execute_operation("anything", 1)


@workflow.defn
class Chatterbox:
    """Answers itself for ever at one instant."""

    def __init__(self) -> None:
        self.heard = 0

    @workflow.run
    async def run(self) -> None:
        handle = workflow.get_external_workflow_handle(workflow.info().workflow_id)
        while True:
            await handle.signal("poke")

    @workflow.signal
    def poke(self) -> None:
        self.heard += 1


@workflow.defn
class Everything:
    """A little of everything, for determinism, replay and crash tests."""

    def __init__(self) -> None:
        self.words: list[str] = []

    @workflow.run
    async def run(self, rounds: int) -> list[str]:
        for number in range(rounds):
            results = await asyncio.gather(
                workflow.execute_activity(double, number, start_to_close_timeout=MINUTE),
                workflow.execute_activity(flaky, number % 3, start_to_close_timeout=MINUTE),
                workflow.execute_local_activity(double_sync, number, start_to_close_timeout=MINUTE),
                workflow.execute_child_workflow(Leaf.run, f"c{number}", id=f"{workflow.info().workflow_id}/c{number}"),
            )
            self.words.append(f"{results} {workflow.random().randint(0, 1_000_000)} {workflow.uuid4()}")
            if workflow.patched("sleepy"):
                await asyncio.sleep(number + 0.5)
        await workflow.wait_condition(lambda: any("stop" in each for each in self.words))
        for word in sorted({"alpha", "beta", "gamma", "delta"}):
            self.words.append(word)
        return self.words

    @workflow.update
    async def say(self, word: str) -> int:
        self.words.append(word)
        await asyncio.sleep(1)
        return len(self.words)

    @say.validator
    def _check(self, word: str) -> None:
        if not word:
            raise ValueError("say something")

    @workflow.signal
    def whisper(self, word: str) -> None:
        self.words.append(f"({word})")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


WORKFLOWS = [
    Sleeper,
    RunsActivity,
    CancelsActivity,
    LocalActivities,
    Auction,
    Counter,
    Relay,
    Leaf,
    Parent,
    Attributes,
    Patched,
    Buggy,
    Retried,
    UsesNexus,
    Chatterbox,
    Everything,
]
ACTIVITIES = [double, double_sync, flaky, fail_for_good]
