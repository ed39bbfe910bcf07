"""The engine process, driven by its line protocol (docs/protocol.md)."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import Optional, Sequence

from .tables import Tables


class EngineError(Exception):
    """The engine refused a command, or has ended. The message says why."""


@dataclass
class Line:
    """One move of a search."""

    move: str
    #: Visit count of the move; None unless the search was asked for several lines.
    visits: Optional[int]
    #: Expected result of each player after the move, from -1 to 1.
    values: list[float]
    #: The play that the search expects, the move first.
    pv: list[str]


@dataclass
class Search:
    """What a search found."""

    best_move: str
    #: Simulations of the search.
    simulations: int
    #: Best first; one unless the engine's option multipv is greater.
    lines: list[Line]


def default_command() -> list[str]:
    """The engine's command: AZUL_ENGINE if it is set, `azul engine` if that is installed, else `npx azul-zero engine`."""
    named = os.environ.get("AZUL_ENGINE")
    if named:
        return shlex.split(named)
    return ["azul", "engine"] if shutil.which("azul") else ["npx", "azul-zero", "engine"]


class Engine:
    """
    An engine process: rules, legal moves, evaluation and search of one position, and tables for many.

    Use it in a `with` statement, or call `close`. It is not safe for use by several threads.
    """

    def __init__(self, command: Optional[Sequence[str]] = None, model: Optional[str] = None):
        """Starts the engine. `model` is a model file, `best:<run>` or `latest:<run>`; the shipped models by default."""
        self._command = list(command or default_command()) + (["--model", model] if model else [])
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 20
            )
        except OSError as error:
            raise EngineError(f"can't start {shlex.join(self._command)}: {error.strerror}") from error

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process. Closing twice does no harm."""
        if self._process.poll() is None:
            try:
                self._send("quit")
            except EngineError:
                pass
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            try:
                stream.close()
            except OSError:
                pass

    def ask(self, line: str, last: str) -> list[str]:
        """
        Sends a command and returns the lines of its answer, up to the one that begins with the word `last`.

        Raises EngineError if the engine refuses.
        """
        self._send(line)
        answer = []
        while True:
            answer.append(self._receive())
            word = answer[-1].partition(" ")[0]
            if word == "error":
                raise EngineError(answer[-1].partition(" ")[2])
            if word == last:
                return answer

    def tell(self, line: str) -> None:
        """Sends a command that has no answer. Raises EngineError if the engine refuses."""
        # `result` is answered in any state, so a refusal of `line` comes before it.
        self._send(line)
        self._send("result")
        answer = self._receive()
        if answer.startswith("error "):
            self._receive()
            raise EngineError(answer.partition(" ")[2])

    def ready(self) -> None:
        """Waits until models are loaded."""
        self.ask("isready", "readyok")

    def option(self, name: str, value: int) -> None:
        """Sets `multipv` (lines of a search) or `seed` (of evaluations and searches)."""
        self.tell(f"option {name} {value}")

    def set_position(self, position: str = "start 2", moves: Sequence[str] = ()) -> None:
        """Sets up `start <players>` or a position in notation, and plays moves and deals."""
        self.tell(" ".join(["position", position, *(["moves", *moves] if moves else [])]))

    def position(self) -> str:
        """The position in notation."""
        return self.ask("show", "position")[0].partition(" ")[2]

    def legal_moves(self) -> list[str]:
        """All legal moves; none where a deal is due or the game is over."""
        return self.ask("legal", "legal")[0].split()[2:]

    def deal(self, seed: Optional[int] = None) -> str:
        """Fills the factories from the bag and returns the deal; equal seeds give equal deals."""
        return self.ask("deal" if seed is None else f"deal {seed}", "deal")[0].split()[1]

    def evaluate(self) -> tuple[list[float], dict[str, float]]:
        """Each player's expected result, from -1 to 1, and each move's probability: the network alone."""
        values, policy = self.ask("eval", "policy")
        pairs = (pair.split(":") for pair in policy.split()[1:])
        return [float(v) for v in values.split()[1:]], {move: float(p) for move, p in pairs}

    def search(self, simulations: Optional[int] = None, milliseconds: Optional[int] = None) -> Search:
        """Searches the position for a number of simulations or for a time."""
        if (simulations is None) == (milliseconds is None):
            raise ValueError("give simulations or milliseconds")
        budget = f"sims {simulations}" if milliseconds is None else f"movetime {milliseconds}"
        *infos, best = self.ask(f"go {budget}", "bestmove")
        # Earlier reports come first: the last one of each line counts.
        reports = [_parse_info(info) for info in infos]
        lines = {number: line for number, _, line in reports}
        return Search(best.split()[1], reports[-1][1], [lines[number] for number in sorted(lines)])

    def result(self) -> Optional[list[int]]:
        """The winners, or None while the game goes on."""
        word = self.ask("result", "result")[0].split()[1]
        return None if word == "none" else [int(p) for p in word.split(",")]

    def tables(self, count: int, players: int = 2, seed: Optional[int] = None) -> Tables:
        """Deals `count` games side by side, 1 to 1024. The engine has one set of tables: these replace the last."""
        return Tables(self, count, players, seed)

    def _send(self, line: str) -> None:
        if "\n" in line:
            raise ValueError("a command is one line")
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise EngineError(self._end()) from error

    def _receive(self) -> str:
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise EngineError(self._end())
        return line[:-1].decode()

    def _end(self) -> str:
        return f"{shlex.join(self._command)} has ended with status {self._process.wait()}"


def _parse_info(info: str) -> tuple[int, int, Line]:
    """The number of the line, the simulations and the line itself, of `info sims … pv …`."""
    head, _, pv = info.partition(" pv ")
    words = head.split()[1:]
    fields: dict[str, list[str]] = {}
    for word in words:
        if word.isalpha():
            values = fields.setdefault(word, [])
        else:
            values.append(word)
    moves = pv.split()
    visits = fields.get("visits")
    line = Line(moves[0], int(visits[0]) if visits else None, [float(v) for v in fields["value"]], moves)
    return int(fields.get("multipv", ["1"])[0]), int(fields["sims"][0]), line
