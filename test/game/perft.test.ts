import { describe, expect, test } from 'vitest';
import { parsePosition, printPosition } from '../../src/game/notation.js';
import { perft } from '../../src/game/perft.js';
import { countSequences, readTable } from './reference.js';

const EMPTY_BOARD = '0;-,-,-,-,-;...../...../...../...../.....;-';

/** Counts at depths 1, 2, …. The reference gives the same; for depth 4 and beyond this was checked once and is not repeated. */
const TABLE: { name: string; position: string; counts: number[] }[] = [
  {
    name: '2 players, first move',
    position: `BYKW/BKKW/YKWW/BYRR/YRKW 1 ${EMPTY_BOARD}|${EMPTY_BOARD} 0 1 17,16,17,15,15 0,0,0,0,0`,
    counts: [102, 9792, 724614, 45422239],
  },
  {
    name: '3 players, first move',
    position: `BYKW/BKKW/YKWW/BYRR/YRKW/BYYK/YRWW 1 ${EMPTY_BOARD}|${EMPTY_BOARD}|${EMPTY_BOARD} 0 1 16,13,16,14,13 0,0,0,0,0`,
    counts: [138, 18216, 2191104],
  },
  {
    name: '4 players, first move',
    position: `BYKW/BKKW/YKWW/BYRR/YRKW/BYYK/YRWW/YYKW/BYRW 1 ${EMPTY_BOARD}|${EMPTY_BOARD}|${EMPTY_BOARD}|${EMPTY_BOARD} 0 1 15,10,15,13,11 0,0,0,0,0`,
    counts: [180, 31320, 5065200],
  },
  {
    name: '2 players, the marker still in the centre',
    position:
      'BBYR/BYKW/-/BRKW/BBYR 1BKW 0;-,W1,R2,W3,R1;B.RK./...../..B../.K.B./Y..W.;-|6;-,-,-,-,W3;B..KW/W..R./..B.R/.K.../YR...;- 1 5 0,0,0,0,0 8,15,10,13,7',
    counts: [60, 1831, 73058, 1492065],
  },
  {
    name: '2 players, one factory left',
    position:
      'BBYR/-/-/-/- BBBBBYRRKKK 0;W1,W1,R2,W4,R1;B.RK./...../..B../.K.B./Y..W.;-|6;-,Y1,-,W1,W3;B..KW/W..R./..B.R/.K.../YR...;1 1 5 0,0,0,0,0 8,15,10,13,7',
    counts: [16, 128, 1004, 4083, 14313],
  },
  {
    name: '2 players, three moves to the end of the round',
    position:
      '-/-/-/-/- BBBBBBBYYKKK 0;W1,W1,R2,W4,R3;B.RK./...../..B../.K.B./Y..W.;-|6;R1,Y1,-,W1,W3;B..KW/W..R./..B.R/.K.../YR...;1 1 5 0,0,0,0,0 8,15,10,13,7',
    counts: [6, 12, 20, 20, 20],
  },
  {
    name: '3 players, the middle of a round',
    position:
      'BBYR/BRKW/-/BBBR/BRRR/-/RKKW 1BRRRR 9;-,Y1,K1,K2,K2;BYR.W/W...K/.WB.R/..W../.....;-|0;-,K1,Y2,-,-;BYRK./W.YR./..B../..W../YR...;-|0;-,W1,W2,Y3,W1;.YRKW/..Y../...../...../..K.B;- 2 5 1,0,1,2,0 6,7,2,5,7',
    counts: [28, 631, 20666, 356526],
  },
  {
    name: '3 players, three to five moves to the end of the round',
    position:
      '-/-/-/BRRR/-/-/- BRRKKKKK 4;-,W2,W3,W3,K2;.Y..W/....K/..B.R/...../.....;-|3;Y1,R1,Y1,W3,Y4;B.R../W.Y../..B../...../.R...;-|3;Y1,W1,W1,Y3,B5;...KW/..Y../...../...../..K..;1 2 3 4,5,1,3,3 6,2,10,7,1',
    counts: [5, 40, 137, 199, 291],
  },
  {
    name: '4 players, the middle of a round',
    position:
      '-/YRWW/YYYY/RKWW/-/-/-/-/- BBBRRRRRKKWWWWWWW 0;R1,-,K3,B1,K2;B...W/.BYR./..B../..W../.....;-|7;-,Y2,B1,Y2,B4;.Y..W/WB..K/K..YR/...../.R...;1|0;-,Y1,K3,K3,R3;B..K./W..../..B.R/...../..K..;-|0;Y1,-,B2,Y3,B2;..R.W/W.Y.K/...Y./...../Y....;- 3 5 1,0,4,1,2 0,0,0,0,0',
    counts: [19, 303, 4404, 65443],
  },
  {
    name: '4 players, four moves to the end of the round',
    position:
      '-/-/YYYY/-/-/-/-/-/- RRRRRRKKKWWWWWWWWW 0;R1,W2,K3,B1,K2;B...W/.BYR./..B../..W../.....;-|7;-,Y2,B1,Y2,B5;.Y..W/WB..K/K..YR/...../.R...;1BB|0;Y1,Y1,K3,K3,R3;B..K./W..../..B.R/...../..K..;-|0;Y1,R1,B2,Y3,B2;..R.W/W.Y.K/...Y./...../Y....;- 3 5 1,0,4,1,2 0,0,0,0,0',
    counts: [6, 23, 78, 128, 128],
  },
];

describe.each(TABLE)('perft: $name', ({ position, counts }) => {
  test('gives the counts of the table, and does not change the position', () => {
    const { rules, state } = parsePosition(position);
    expect(counts.map((_, i) => perft(rules, state, i + 1))).toEqual(counts);
    expect(perft(rules, state, 0)).toBe(1);
    expect(printPosition({ rules, state })).toBe(position);
  });

  test('the reference gives the same counts', () => {
    const checked = counts.slice(0, 3);
    expect(checked.map((_, i) => countSequences(readTable(position), i + 1))).toEqual(checked);
  });
});
