"""A PettingZoo environment. Azul is played in turns, so it has the AEC form and no parallel one."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy as np
from gymnasium import spaces
from pettingzoo import AECEnv

from .engine import Engine


class AzulEnv(AECEnv):
    """
    Azul for 2, 3 or 4 players. Deals are part of a step.

    An observation is {"observation": uint8 [inputs], "action_mask": int8 [actions]}: the network's inputs in hundredths, as
    the player to move sees the table. The mask of a player who is not to move is 0. The reward comes at the end, from -1
    for the last place to 1 for the first.
    """

    metadata = {"name": "azul_v0", "render_modes": ["ansi"], "is_parallelizable": False}

    def __init__(
        self, players: int = 2, render_mode: Optional[str] = None, command: Optional[Sequence[str]] = None
    ):
        """Starts an engine of the environment's own, by `command` if it is given. `close` ends it."""
        super().__init__()
        self.render_mode = render_mode
        self.players = players
        self._engine = Engine(command)
        self._tables = self._engine.tables(1, players)
        inputs = self._tables.inputs.shape[1]
        self.possible_agents = [f"player_{p}" for p in range(players)]
        self._observation_space = spaces.Dict(
            {
                "observation": spaces.Box(0, 255, (inputs,), np.uint8),
                "action_mask": spaces.Box(0, 1, (self._tables.actions,), np.int8),
            }
        )
        self._action_spaces = {agent: spaces.Discrete(self._tables.actions) for agent in self.possible_agents}
        self._nothing = np.zeros(self._tables.actions, np.int8)

    def observation_space(self, agent: str) -> spaces.Dict:
        return self._observation_space

    def action_space(self, agent: str) -> spaces.Discrete:
        return self._action_spaces[agent]

    def reset(self, seed: Optional[int] = None, options: Optional[dict] = None) -> None:
        """Deals a new game. Equal seeds give equal games."""
        if seed is None:
            self._tables.play(["new"])
        else:
            self._tables = self._engine.tables(1, self.players, seed)
        self.agents = list(self.possible_agents)
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos = {agent: {} for agent in self.agents}
        self.agent_selection = self.possible_agents[self._tables.player[0]]

    def observe(self, agent: str) -> dict[str, np.ndarray]:
        to_move = not self._tables.over[0] and agent == self.agent_selection
        return {
            "observation": self._tables.inputs[0].copy(),
            "action_mask": self._tables.legal[0].astype(np.int8) if to_move else self._nothing.copy(),
        }

    def step(self, action: Optional[int]) -> None:
        """Plays an action of the player to move. Raises EngineError if it is not legal."""
        agent = self.agent_selection
        if self.terminations[agent]:
            self._was_dead_step(action)
            return
        self._tables.play([int(action)])
        self._cumulative_rewards[agent] = 0.0
        if self._tables.over[0]:
            self.rewards = {a: float(r) for a, r in zip(self.possible_agents, self._tables.results[0])}
            self.terminations = dict.fromkeys(self.agents, True)
        self._accumulate_rewards()
        self.agent_selection = self.possible_agents[self._tables.player[0]]

    def render(self) -> Optional[str]:
        """The position in notation, with render_mode "ansi"."""
        if self.render_mode != "ansi":
            return None
        self._tables.look_at(0)
        return self._engine.position()

    def close(self) -> None:
        self._engine.close()


def env(**settings: Any) -> AECEnv:
    """The environment, with PettingZoo's checks of the order of calls."""
    from pettingzoo.utils import wrappers

    return wrappers.OrderEnforcingWrapper(AzulEnv(**settings))
