import { startPosition } from '../../../src/game/notation.js';
import type { Engine } from '../engine/engine.js';
import { Table } from '../table/table.js';

export function AnalysePage(_: { engine: Engine; query: URLSearchParams; onChange: (query: URLSearchParams) => void }) {
  return <Table position={startPosition(2)} names={['seat 0', 'seat 1']} />;
}
