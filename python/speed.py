"""Prints steps a second: one environment, one table, and 32 tables at once, with random moves. Takes 15 seconds."""

from time import perf_counter

import numpy as np

from azul_zero import Engine

SECONDS = 5


def tables_rate(engine: Engine, count: int) -> float:
    random = np.random.default_rng(0)
    tables = engine.tables(count, 2, seed=0)
    steps = 0
    start = perf_counter()
    while perf_counter() < start + SECONDS:
        # A random legal action at each table: the one with the greatest random number.
        actions = (random.random(tables.legal.shape, dtype=np.float32) * tables.legal).argmax(axis=1)
        tables.play("new" if over else action for over, action in zip(tables.over.tolist(), actions.tolist()))
        steps += count
    return steps / (perf_counter() - start)


def environment_rate() -> float:
    from azul_zero.environment import AzulEnv

    environment = AzulEnv()
    random = np.random.default_rng(0)
    steps = 0
    start = perf_counter()
    while perf_counter() < start + SECONDS:
        environment.reset()
        while True:
            observation, _, over, _, _ = environment.last()
            if over:
                break
            environment.step(random.choice(np.flatnonzero(observation["action_mask"])))
            steps += 1
    rate = steps / (perf_counter() - start)
    environment.close()
    return rate


if __name__ == "__main__":
    with Engine() as engine:
        for count in (1, 32, 256):
            print(f"tables of {count:3}: {tables_rate(engine, count):8.0f} steps/s")
    try:
        print(f"PettingZoo:    {environment_rate():8.0f} steps/s")
    except ImportError:
        print("PettingZoo is not installed")
