"""PettingZoo's own tests of an environment. They need the package pettingzoo."""

import unittest

try:
    from pettingzoo.test import api_test, seed_test
except ImportError:
    raise unittest.SkipTest("pettingzoo is not installed") from None

from azul_zero.environment import AzulEnv, env


class EnvironmentTest(unittest.TestCase):
    def test_api(self):
        for players in (2, 3, 4):
            with self.subTest(players=players):
                environment = env(players=players)
                api_test(environment, num_cycles=200, verbose_progress=False)
                environment.close()

    def test_seeds(self):
        seed_test(lambda: env(players=2), num_cycles=20)

    def test_rewards_come_at_the_end(self):
        environment = AzulEnv(render_mode="ansi")
        environment.reset(seed=1)
        self.assertIn(" 0 1 ", environment.render())
        total = {agent: 0.0 for agent in environment.possible_agents}
        for agent in environment.agent_iter():
            observation, reward, terminated, truncated, _ = environment.last()
            total[agent] += reward
            action = None
            if not (terminated or truncated):
                self.assertEqual(reward, 0)
                action = environment.action_space(agent).sample(observation["action_mask"])
            environment.step(action)
        self.assertEqual(sorted(total.values()), [-1.0, 1.0])
        environment.close()


if __name__ == "__main__":
    unittest.main()
