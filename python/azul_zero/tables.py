"""Games side by side in one engine, as numpy arrays."""

from __future__ import annotations

from binascii import a2b_base64
from typing import TYPE_CHECKING, Iterable, Optional, Union

import numpy as np

if TYPE_CHECKING:
    from .engine import Engine


class Tables:
    """
    n games that are played at once. Deals are drawn by the engine. Factories are sorted by their tiles.

    Arrays show the games after the last `play`; each `play` makes new ones:

    over     [n] bool, whether the game has ended
    player   [n] uint8, the player to move
    round    [n] uint8, from 1
    winners  [n] uint8, bit p for player p once the game is over
    scores   [n, players] uint16
    results  [n, players] float32, from -1 (last) to 1 (first) once the game is over, else 0
    inputs   [n, inputs] uint8, the network's inputs in hundredths, as the player to move sees the table
    legal    [n, actions] bool

    An action is the number (source * 5 + colour) * 6 + destination: factories first and then the centre; pattern lines
    first and then the floor.
    """

    over: np.ndarray
    player: np.ndarray
    round: np.ndarray
    winners: np.ndarray
    scores: np.ndarray
    results: np.ndarray
    inputs: np.ndarray
    legal: np.ndarray

    def __init__(self, engine: "Engine", count: int, players: int, seed: Optional[int]):
        self._engine = engine
        self.count = count
        self.players = players
        line = f"tables {count} {players}" + ("" if seed is None else f" {seed}")
        *_, inputs, actions, records = engine.ask(line, "tables")[0].split()
        self.actions = int(actions)
        self._record = np.dtype(
            [
                ("over", "u1"),
                ("player", "u1"),
                ("round", "u1"),
                ("winners", "u1"),
                ("scores", "<u2", (players,)),
                ("results", "<f4", (players,)),
                ("inputs", "u1", (int(inputs),)),
                ("legal", "u1", ((self.actions + 7) // 8,)),
            ]
        )
        self._show(records)

    def play(self, actions: Iterable[Union[int, str]]) -> None:
        """
        Plays at each table: the number of an action, a move in notation, "new" for a new game, "-" for nothing.

        Raises EngineError, and changes nothing, if one of them is not legal.
        """
        answer = self._engine.ask("play " + " ".join(map(str, actions)), "played")[0]
        self._show(answer[7:])

    def evaluate(self) -> tuple[np.ndarray, np.ndarray]:
        """The network's values [n, players], from -1 to 1, and policies [n, actions], of all tables in batches."""
        answer = self._engine.ask("evals", "evals")[0]
        numbers = np.frombuffer(a2b_base64(answer[6:]), "<f4").reshape(self.count, -1)
        return numbers[:, : self.players], numbers[:, self.players :]

    def look_at(self, table: int) -> None:
        """Makes a table's position the engine's, for `position`, `legal_moves`, `search`."""
        self._engine.tell(f"table {table}")

    def put(self, table: int) -> None:
        """Puts the engine's position on a table. The arrays show it after the next `play`."""
        self._engine.tell(f"put {table}")

    def _show(self, records: str) -> None:
        table = np.frombuffer(a2b_base64(records), self._record)
        self.over = table["over"].astype(bool)
        for name in ("player", "round", "winners", "scores", "results", "inputs"):
            setattr(self, name, table[name])
        self.legal = np.unpackbits(table["legal"], axis=1, count=self.actions, bitorder="little").view(bool)
