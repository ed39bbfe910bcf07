import { startPosition } from '../../../src/game/notation.js';
import { Table } from '../table/table.js';

export function AnalysePage() {
  return <Table position={startPosition(2)} names={['seat 0', 'seat 1']} />;
}
