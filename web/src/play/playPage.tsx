import { useState } from 'preact/hooks';
import { startPosition } from '../../../src/game/notation.js';
import { Random } from '../../../src/game/random.js';
import { Table } from '../table/table.js';

export function PlayPage() {
  const [position] = useState(() => {
    const position = startPosition(2);
    position.rules.deal(position.state, 0, new Random(1));
    return position;
  });
  return <Table position={position} names={['You', 'Azul Zero']} />;
}
