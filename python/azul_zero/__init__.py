"""Azul Zero from Python: its engine process, many games side by side, and a PettingZoo environment."""

from .engine import Engine, EngineError, Line, Search
from .tables import Tables

__all__ = ["Engine", "EngineError", "Line", "Search", "Tables"]
