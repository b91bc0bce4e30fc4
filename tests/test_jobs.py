"""Jobs: nothing that was shown is lost, whatever interrupts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from rag.errors import ModelUnavailable
from rag.jobs import Job, Jobs

SOON = 10.0


def finished(job: Job[int]) -> Job[int]:
    while job.running:
        job.wait(10**9, SOON)
    return job


def test_a_job_keeps_every_event_and_ends() -> None:
    job = finished(Jobs().start(Job(lambda _: iter(range(100)))))
    assert (job.state, job.events) == ("done", tuple(range(100)))


def test_waiting_returns_with_the_next_event() -> None:
    go = threading.Event()

    def work(_: threading.Event) -> Iterator[int]:
        yield 1
        go.wait(SOON)
        yield 2

    job = Jobs().start(Job(work))
    job.wait(0, SOON)
    assert job.events == (1,)
    go.set()
    assert finished(job).events == (1, 2)


def test_stopping_takes_effect_at_once_and_keeps_what_stands() -> None:
    go = threading.Event()
    seen: list[bool | str] = []

    def work(cancel: threading.Event) -> Iterator[int]:
        yield 1
        go.wait(SOON)
        seen.append(cancel.is_set())
        yield 2
        seen.append("never")

    job = Jobs().start(Job(work))
    job.wait(0, SOON)
    job.stop()
    assert (job.state, job.events) == ("stopped", (1,))
    go.set()
    follower = Jobs(1)
    finished(follower.start(Job(lambda _: iter([1]))))
    assert job.events == (1,)
    assert "never" not in seen


def test_an_error_of_ours_is_kept_with_what_was_shown() -> None:
    def work(_: threading.Event) -> Iterator[int]:
        yield 1
        raise ModelUnavailable("The endpoint is down. Try again.")

    job = finished(Jobs().start(Job(work)))
    assert (job.state, job.events, str(job.error)) == ("failed", (1,), "The endpoint is down. Try again.")


def test_any_other_error_is_told_without_its_insides() -> None:
    def work(_: threading.Event) -> Iterator[int]:
        raise KeyError("secret")

    job = finished(Jobs().start(Job(work)))
    assert job.state == "failed"
    assert "KeyError" in str(job.error)
    assert "secret" not in str(job.error)


def test_only_so_many_work_at_once_and_a_waiting_one_can_be_stopped() -> None:
    go = threading.Event()

    def holding(_: threading.Event) -> Iterator[int]:
        yield 1
        go.wait(SOON)

    jobs = Jobs(1)
    first = jobs.start(Job(holding))
    first.wait(0, SOON)
    second, third = jobs.start(Job(lambda _: iter([2]))), jobs.start(Job(lambda _: iter([3])))
    assert (second.state, third.state) == ("queued", "queued")
    second.stop()
    go.set()
    assert finished(third).events == (3,)
    assert (second.state, second.events) == ("stopped", ())


def test_whoever_ends_a_job_it_is_told_once_with_what_stands() -> None:
    go, told = threading.Event(), []

    def work(_: threading.Event) -> Iterator[int]:
        yield 1
        go.wait(SOON)
        yield 2

    job = Jobs().start(Job(work, lambda ended: told.append((ended.state, ended.events))))
    job.wait(0, SOON)
    job.stop()
    job.stop()
    go.set()
    assert told == [("stopped", (1,))]


def test_those_that_wait_hold_no_thread_and_too_many_are_told_to_come_back() -> None:
    go, ends = threading.Event(), []

    def holding(_: threading.Event) -> Iterator[int]:
        go.wait(SOON)
        yield 1

    before = threading.active_count()
    jobs = Jobs(2, waiting=40)
    started = [jobs.start(Job(holding, lambda job: ends.append(job.state))) for _ in range(42)]
    assert threading.active_count() <= before + 2
    refused = finished(jobs.start(Job(holding)))
    assert refused.state == "failed"
    assert "Try again" in str(refused.error)
    started[-1].stop()  # makes room
    late = jobs.start(Job(holding))
    assert late.state == "queued"
    go.set()
    assert finished(late).events == (1,)
    assert [finished(job).state for job in started] == ["done"] * 41 + ["stopped"]


def test_a_job_that_cannot_be_ended_holds_up_no_other() -> None:
    def fails(_: Job[int]) -> None:
        raise RuntimeError("the disk is gone")

    jobs = Jobs(1)
    jobs.start(Job(lambda _: iter([1]), fails))
    assert finished(jobs.start(Job(lambda _: iter([2])))).events == (2,)


@dataclass
class Errand:
    running: bool = False


class Chore(Errand):
    pass


def test_a_task_is_known_by_its_id_among_its_kind_and_only_once() -> None:
    jobs, errand, chore = Jobs(), Errand(), Chore()
    assert jobs.register("a", errand)
    assert jobs.register("a", chore)
    assert not jobs.register("a", Errand())
    assert jobs.get(Errand, "a") is errand
    assert jobs.get(Chore, "a") is chore
    assert jobs.get(Errand, None) is None
    jobs.drop(Errand, "a")
    assert jobs.get(Errand, "a") is None
    assert jobs.tasks(Chore) == [chore]


def test_the_oldest_task_makes_room_but_none_that_runs() -> None:
    jobs, oldest = Jobs(kept=2), Errand(running=True)
    jobs.register("oldest", oldest)
    jobs.register("second", Errand())
    jobs.register("third", Errand())
    assert jobs.get(Errand, "oldest") is oldest
    assert jobs.get(Errand, "second") is None
    assert jobs.get(Errand, "third")
