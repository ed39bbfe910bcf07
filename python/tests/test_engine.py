"""The package against a real engine: AZUL_ENGINE names its command."""

import unittest

import numpy as np

from azul_zero import Engine, EngineError

DEAL = "=BBYK/RRWW/BYKK/YYRW/BRKW"


class EngineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = Engine()

    @classmethod
    def tearDownClass(cls):
        cls.engine.close()

    def test_rules(self):
        self.engine.set_position("start 2", [DEAL, "3K2"])
        self.assertIn("K2", self.engine.position())
        self.assertIn("cYf", self.engine.legal_moves())
        self.assertIsNone(self.engine.result())
        self.engine.set_position("start 3")
        self.assertEqual(self.engine.legal_moves(), [])
        self.assertEqual(self.engine.deal(7), self._deal_of_start(7))

    def _deal_of_start(self, seed):
        self.engine.set_position("start 3")
        return self.engine.deal(seed)

    def test_evaluation_and_search(self):
        self.engine.set_position("start 2", [DEAL])
        values, policy = self.engine.evaluate()
        self.assertAlmostEqual(sum(values), 0, places=3)
        self.assertAlmostEqual(sum(policy.values()), 1, places=3)
        self.assertEqual(sorted(policy), sorted(self.engine.legal_moves()))
        search = self.engine.search(simulations=64)
        self.assertEqual(search.simulations, 64)
        self.assertEqual(search.lines[0].move, search.best_move)
        self.engine.option("multipv", 3)
        search = self.engine.search(simulations=64)
        self.engine.option("multipv", 1)
        self.assertEqual(len(search.lines), 3)
        self.assertEqual(search.lines[0].move, search.best_move)
        self.assertGreater(search.lines[0].visits, 0)
        self.assertGreater(self.engine.search(milliseconds=50).simulations, 0)

    def test_refusals(self):
        with self.assertRaisesRegex(EngineError, "not legal|source"):
            self.engine.set_position("start 2", [DEAL, "9B1"])
        self.engine.set_position("start 2")
        with self.assertRaisesRegex(EngineError, "a deal is due"):
            self.engine.search(simulations=8)
        with self.assertRaises(ValueError):
            self.engine.search()
        with self.assertRaisesRegex(EngineError, "can't start"):
            Engine(["/no/such/program"])
        with Engine(["sh", "-c", "exit 3"]) as ended:
            with self.assertRaisesRegex(EngineError, "ended with status 3"):
                ended.position()

    def test_tables(self):
        random = np.random.default_rng(1)
        for players, inputs, actions in ((2, 630, 180), (3, 857, 240), (4, 1084, 300)):
            tables = self.engine.tables(5, players, seed=3)
            self.assertEqual(tables.inputs.shape, (5, inputs))
            self.assertEqual(tables.legal.shape, (5, actions))
            tables.look_at(2)
            self.assertEqual(tables.legal[2].sum(), len(self.engine.legal_moves()))
            while not tables.over.all():
                values, policies = tables.evaluate()
                self.assertEqual(values.shape, (5, players))
                self.assertTrue(np.allclose(policies.sum(axis=1)[~tables.over], 1, atol=1e-5))
                self.assertFalse(policies[~tables.legal].any())
                tables.play("-" if o else random.choice(np.flatnonzero(l)) for o, l in zip(tables.over, tables.legal))
            # Ties share their places, so results always add up to 0.
            self.assertTrue(np.allclose(tables.results.sum(axis=1), 0, atol=1e-6))
            for t in range(5):
                tables.look_at(t)
                winners = [p for p in range(players) if tables.winners[t] >> p & 1]
                self.assertEqual(self.engine.result(), winners)
            before = tables.scores.copy()
            with self.assertRaisesRegex(EngineError, "is over"):
                tables.play([0, "-", "-", "-", "-"])
            self.assertTrue((tables.scores == before).all())
            tables.play(["new"] * 5)
            self.assertFalse(tables.over.any())


if __name__ == "__main__":
    unittest.main()
