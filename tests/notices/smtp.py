"""A small mail server for tests: real SMTP on a port of this machine, which can be told to refuse."""

from __future__ import annotations

import asyncio
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer:
    """Keeps what it takes in `taken`. refuses: addresses that it does not want. hangs_up: at which word it drops the
    line. stop() and start() again: it is away in between, and comes back on the same port."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refuses: set[str] = set()
        self.hangs_up = ""
        self.port = 0
        self.start()

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()

        def run() -> None:
            server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", self.port))
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            self._loop.run_forever()
            server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0.05))
            self._loop.close()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 mail.example.org ESMTP")
        while line := (await reader.readline()).decode().strip():
            word = line.split()[0].upper()
            if word == self.hangs_up:
                break
            if word in {"EHLO", "HELO"}:
                say("250 mail.example.org")
            elif word == "RCPT" and any(f"<{address}>" in line for address in self.refuses):
                say("550 No such mailbox")
            elif word == "DATA":
                say("354 Go on")
                body = await reader.readuntil(b"\r\n.\r\n")
                if self.hangs_up == "BODY":
                    break
                found = message_from_bytes(body[:-5].replace(b"\r\n..", b"\r\n."), policy=policy.default)
                assert isinstance(found, EmailMessage)
                self.taken.append(found)
                say("250 Taken")
            elif word == "QUIT":
                say("221 Bye")
                break
            else:
                say("250 Well")
        writer.close()
