"""A network of several hosts on one machine: a namespace for each, joined by veth pairs through one that forwards.

What happens on the way is decided in the middle, where neither end can see it: `Lan.lose` drops a part of what goes in
one direction, silently. Needs root, `ip` and `nft`; `why_not` says what is missing.
"""

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_numbers = itertools.count(1)


def why_not() -> str | None:
    """Return why no network can be made here, or None where one can."""
    missing = [tool for tool in ("ip", "nft") if shutil.which(tool) is None]
    if missing:
        return f"{' and '.join(missing)} not installed"
    if os.geteuid() != 0:
        return "network namespaces need root here"
    name = f"kx{os.getpid()}t"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if tried.returncode:
        return f"network namespaces are not allowed here: {tried.stderr.strip()[:200]}"
    rules = "table ip t { }\n"
    tried = subprocess.run(["ip", "netns", "exec", name, "nft", "-f", "-"], input=rules, capture_output=True, text=True)
    subprocess.run(["ip", "netns", "del", name], check=True)
    return f"packets cannot be filtered here: {tried.stderr.strip()[:200]}" if tried.returncode else None


@dataclass(frozen=True, slots=True)
class Host:
    """One machine of the network."""

    name: str
    namespace: str
    address: str
    device: str
    """Its end of the cable."""

    def command(self, argv: Sequence[str]) -> list[str]:
        """Return what runs a command on this machine."""
        return ["ip", "netns", "exec", self.namespace, *argv]


class Lan:
    """The hosts and the one in the middle; everything goes when the block is left."""

    def __init__(self, *hosts: str) -> None:
        mark = f"kx{os.getpid()}n{next(_numbers)}"
        self._middle = f"{mark}m"
        self._lost: dict[tuple[str, str], int] = {}
        self.hosts = {
            name: Host(name, f"{mark}h{number}", f"10.77.{number}.2", f"h{number}")
            for number, name in enumerate(hosts, 1)
        }

    def __enter__(self) -> Self:
        try:
            self._make()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._remove()

    def __getitem__(self, name: str) -> Host:
        return self.hosts[name]

    def lose(self, sender: str, receiver: str, percent: int = 100) -> None:
        """Drop so much of what one host sends to another; the way back stays as it is."""
        self._lost[sender, receiver] = percent
        self._filter()

    def part(self, one: str, other: str) -> None:
        """Drop everything between two hosts."""
        self._lost |= {(one, other): 100, (other, one): 100}
        self._filter()

    def mend(self) -> None:
        """Let everything through again."""
        self._lost.clear()
        self._filter()

    def unplug(self, host: str) -> None:
        """Pull the cable of a host: its own end notices."""
        self._ip("-n", self._middle, "link", "set", f"m{self.hosts[host].device}", "down")

    def plug(self, host: str) -> None:
        """Put the cable of a host back."""
        self._ip("-n", self._middle, "link", "set", f"m{self.hosts[host].device}", "up")

    def has_carrier(self, host: str) -> bool:
        """Whether a host sees a cable."""
        there = self.hosts[host]
        shown = self._ip("-n", there.namespace, "-j", "link", "show", there.device)
        return "LOWER_UP" in json.loads(shown)[0]["flags"]

    def _make(self) -> None:
        self._ip("netns", "add", self._middle)
        self._in_middle("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        for host in self.hosts.values():
            self._ip("netns", "add", host.namespace)
            near = f"m{host.device}"
            self._ip(
                "link", "add", host.device, "netns", host.namespace, "type", "veth",
                "peer", "name", near, "netns", self._middle,
            )  # fmt: skip
            gateway = host.address.rsplit(".", 1)[0] + ".1"
            self._ip("-n", self._middle, "addr", "add", f"{gateway}/24", "dev", near)
            self._ip("-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", host.device)
            for namespace, device in ((self._middle, near), (host.namespace, host.device), (host.namespace, "lo")):
                self._ip("-n", namespace, "link", "set", device, "up")
            self._ip("-n", host.namespace, "route", "add", "default", "via", gateway)
        self._filter()

    def _remove(self) -> None:
        for namespace in (self._middle, *(h.namespace for h in self.hosts.values())):
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True)

    def _filter(self) -> None:
        rules = [
            f"ip saddr {self.hosts[sender].address} ip daddr {self.hosts[receiver].address} "
            + ("drop" if percent == 100 else f"numgen random mod 100 < {percent} drop")
            for (sender, receiver), percent in self._lost.items()
            if percent
        ]
        body = "\n".join(["type filter hook forward priority 0; policy accept;", *rules])
        table = f"table ip way\ndelete table ip way\ntable ip way {{\nchain forward {{\n{body}\n}}\n}}\n"
        self._in_middle("nft", "-f", "-", given=table)

    def _in_middle(self, *argv: str, given: str = "") -> None:
        self._ip("netns", "exec", self._middle, *argv, given=given)

    def _ip(self, *argv: str, given: str = "") -> str:
        done = subprocess.run(["ip", *argv], input=given, capture_output=True, text=True)
        assert done.returncode == 0, f"ip {' '.join(argv)}: {done.stderr}{given}"
        return done.stdout
