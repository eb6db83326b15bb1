"""This machine as it reports itself: device, memory, slots, loaded models, measured speeds."""

from __future__ import annotations

import logging
import os
import platform
import shutil
import socket
import subprocess
import threading
import time
from typing import Any

import psutil
from django.conf import settings
from django.db import close_old_connections

from generators.registry import tools
from studio import env
from studio.clock import db_now
from studio.jobs.models import Node
from workers.slots import Slot, Slots

log = logging.getLogger(__name__)

REPORT_S = 2.0
SPEED_WEIGHT = 0.3  # of the newest measurement in the running mean
WATTS_PER_CORE = env.number("STUDIO_WATTS_PER_CORE", 10.0)
KEEP_FREE = 0.25  # share of main memory that models may not take


def gpu() -> tuple[str, int] | None:
    """(name, bytes of memory) of the first NVIDIA GPU, or None. Asks nvidia-smi, so torch is not needed."""
    if not shutil.which("nvidia-smi"):
        return None
    try:
        out = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout.splitlines()
    except (subprocess.SubprocessError, OSError):
        return None
    if not out:
        return None
    name, _, megabytes = out[0].rpartition(",")
    return name.strip(), int(float(megabytes)) * 2**20


class ThisNode:
    """Its facts, slots and report. STUDIO_NODE, STUDIO_DEVICE, STUDIO_LANES, STUDIO_MAKE_SLOTS, STUDIO_MEMORY say more."""

    def __init__(self) -> None:
        found = gpu()
        wanted = env.text("STUDIO_DEVICE")
        self.name = env.text("STUDIO_NODE") or socket.gethostname()
        self.device = wanted or ("cuda" if found else "cpu")
        self.device_name = (
            found[0] if found and self.device == "cuda" else platform.processor() or platform.machine()
        )
        self.cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        memory = found[1] if found and self.device == "cuda" else psutil.virtual_memory().total
        self.memory = int(env.number("STUDIO_MEMORY", memory * (1 - KEEP_FREE)))
        self.lanes = env.words("STUDIO_LANES", "make,train,io")
        self.slots = Slots(self._slots(), budget=self.memory, home=settings.SCRATCH)
        self._speeds: dict[str, float] = {}
        self._stop = threading.Event()

    def _slots(self) -> list[Slot]:
        """At least two of lane make, one of them for short jobs; one each of the other lanes."""
        make = max(2, int(env.number("STUDIO_MAKE_SLOTS", 2)))
        threads = max(1, self.cores // make)
        slots = []
        if "make" in self.lanes:
            slots += [Slot(f"make-{n}", "make", threads, short_only=n == make - 1) for n in range(make)]
        slots += [Slot(lane, lane, 1) for lane in ("train", "io") if lane in self.lanes]
        return slots

    @property
    def torch_device(self) -> str:
        return "cuda:0" if self.device == "cuda" else "cpu"

    def measured(self, key: str, work: float, seconds: float) -> None:
        """Learn this node's speed (units of work a second) for "tool|model digest"."""
        speed = work / max(seconds, 1e-3)
        known = self._speeds.get(key)
        self._speeds[key] = speed if known is None else known * (1 - SPEED_WEIGHT) + speed * SPEED_WEIGHT

    def register(self) -> None:
        """The first report; takes over the speeds that were measured before."""
        row = Node.objects.filter(pk=self.name).first()
        self._speeds = dict(row.speeds) if row else {}
        self.report(started_at=db_now())

    def report(self, **more: Any) -> None:
        """Write the node's row."""
        facts: dict[str, Any] = {
            "device": self.device,
            "device_name": self.device_name[:160],
            "cores": self.cores,
            "memory_bytes": self.memory,
            "memory_used_bytes": sum(sum(s.loaded.values()) for s in self.slots.all),
            "lanes": self.lanes,
            "slots": [
                {"slot": s.name, "lane": s.lane, "job": s.job, "short_only": s.short_only}
                for s in self.slots.all
            ],
            "loaded": [
                {"digest": digest, "bytes": size, "slot": s.name}
                for s in self.slots.all
                for digest, size in s.loaded.items()
            ],
            "speeds": self._speeds,
            "tools": {tool.name: tool.version for tool in tools().values()},
            "versions": {"python": platform.python_version()},
            "seen_at": db_now(),
        }
        Node.objects.update_or_create(pk=self.name, defaults=facts | more)

    def keep_reporting(self) -> None:
        """Report every two seconds on a thread of its own, until `stop`."""

        def loop() -> None:
            while not self._stop.wait(REPORT_S):
                try:
                    close_old_connections()
                    self.report()
                except Exception as error:
                    log.warning("node report: %s", error)
                    time.sleep(1.0)

        threading.Thread(target=loop, name="node-report", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()


_node: ThisNode | None = None
_lock = threading.Lock()


def this_node() -> ThisNode:
    """This process's node."""
    global _node
    with _lock:
        if _node is None:
            _node = ThisNode()
        return _node
