"""Passwords and their hashes."""

import asyncio
import threading

import pytest
from argon2 import extract_parameters

from onethread.agents import passwords as module
from onethread.agents.account import AccountError
from onethread.agents.passwords import AT_ONCE, NOBODYS, WAITING, Busy, Passwords, check_password


@pytest.mark.parametrize("wrong", ["", "seven77", "x" * 256])
def test_a_password_has_a_length(wrong: str) -> None:
    """Too short and too long are refused, and never quoted."""
    with pytest.raises(AccountError) as error:
        check_password(wrong)
    assert not wrong or wrong not in str(error.value)
    assert check_password("eight888") == "eight888"


async def test_a_hash_has_its_password_only() -> None:
    """The right one matches, no other does; two hashes of one password differ."""
    passwords = Passwords()
    hashed = await passwords.hash("correct horse")
    assert hashed != await passwords.hash("correct horse")
    assert await passwords.matches("correct horse", hashed)
    for wrong in ("correct hors", "Correct horse", ""):
        assert not await passwords.matches(wrong, hashed)
    assert not await passwords.matches("correct horse", "no hash at all")


async def test_an_account_that_is_not_there_costs_the_same_and_never_matches() -> None:
    """Its stand-in is computed with the same parameters as every stored hash."""
    passwords = Passwords()
    assert extract_parameters(NOBODYS) == extract_parameters(await passwords.hash("correct horse"))
    assert not await passwords.matches("correct horse", None)
    assert not await passwords.matches("", None)


async def test_the_event_loop_goes_on_and_few_hash_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is in other threads, a bounded number at a time."""
    passwords, lock, at_work, most = Passwords(), threading.Lock(), 0, 0
    release = threading.Event()
    verify = passwords._verify

    def counted(hashed: str, password: str) -> bool:
        nonlocal at_work, most
        assert threading.current_thread() is not threading.main_thread()
        with lock:
            at_work += 1
            most = max(most, at_work)
        release.wait(10)
        with lock:
            at_work -= 1
        return verify(hashed, password)

    monkeypatch.setattr(passwords, "_verify", counted)
    logins = [asyncio.ensure_future(passwords.matches("x", None)) for _ in range(AT_ONCE * 3)]
    while at_work < AT_ONCE:  # noqa: ASYNC110 - threads begin when they do
        await asyncio.sleep(0.001)
    release.set()
    assert await asyncio.gather(*logins) == [False] * len(logins)
    assert most == AT_ONCE


async def test_too_many_at_once_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue is bounded; whoever is in it gets an answer, and afterwards there is room again."""
    passwords, release = Passwords(), threading.Event()
    monkeypatch.setattr(passwords, "_verify", lambda *_: release.wait(10))
    logins = [asyncio.ensure_future(passwords.matches("x", None)) for _ in range(AT_ONCE + WAITING)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await passwords.matches("x", None)
    release.set()
    assert all(await asyncio.gather(*logins))
    assert await passwords.matches("x", None)
    assert module.WAITING == WAITING
