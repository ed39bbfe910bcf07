/** The drawings of the tiles: each colour has its own pattern, so that tiles can be told apart without colours. */
import type { ComponentChildren } from 'preact';

/** A glaze from light to dark, and the edge; table.css has the inks of the patterns. */
const GLAZES = [
  ['#3f7bd0', '#1d4f9f', '#143a78'],
  ['#f6c551', '#e0982a', '#b06f12'],
  ['#df6a4c', '#b93a28', '#8a2417'],
  ['#4a505c', '#23262d', '#0f1115'],
  ['#fffdf6', '#e9e2d0', '#b7ad94'],
] as const;

const petal = 'M20 20C15 15 15 9 20 5C25 9 25 15 20 20Z';
const turns = (path: string, step: number, from = 0) =>
  Array.from({ length: 360 / step }, (_, i) => (
    <path key={i} d={path} transform={`rotate(${from + i * step} 20 20)`} />
  ));

/** Drawn in a square of 40 in the colour's ink: a flower, a lattice of diamonds, a cross with quarters, a maze, a star. */
const MOTIFS: readonly ComponentChildren[] = [
  <>
    {turns(petal, 90)}
    {turns('M20 17C18.5 14 18.5 10 20 8C21.5 10 21.5 14 20 17Z', 90, 45)}
    {turns('M4 4H11A7 7 0 0 1 4 11Z', 90)}
    <circle cx="20" cy="20" r="2.6" fill="#f0b93c" />
  </>,
  <>
    <path d="M20 3.5 36.5 20 20 36.5 3.5 20Z" fill="none" stroke="currentColor" stroke-width="2.6" />
    <path d="M20 11.5 28.5 20 20 28.5 11.5 20Z" />
    {turns('M4 4H10L4 10Z', 90)}
    <circle cx="20" cy="20" r="2.4" fill="#fbe3a6" />
  </>,
  <>
    <path d="M17 4H23V17H36V23H23V36H17V23H4V17H17Z" />
    <g fill="none" stroke="currentColor" stroke-width="2.2">
      {turns('M4 12.5A8.5 8.5 0 0 0 12.5 4', 90)}
    </g>
    <path d="M20 15.8 24.2 20 20 24.2 15.8 20Z" fill="#b93a28" />
  </>,
  <g fill="none" stroke="currentColor" stroke-width="2.4">
    <rect x="5.5" y="5.5" width="29" height="29" rx="2" />
    <rect x="11" y="11" width="18" height="18" rx="1.5" />
    <rect x="16.2" y="16.2" width="7.6" height="7.6" fill="currentColor" />
    <path d="M5.5 5.5 11 11M34.5 5.5 29 11M5.5 34.5 11 29M34.5 34.5 29 29" />
  </g>,
  <>
    {turns('M20 20 17.2 12 20 3.5 22.8 12Z', 45)}
    <circle cx="20" cy="20" r="5.2" fill="#fffdf6" />
    <circle cx="20" cy="20" r="3" />
  </>,
];

/** The definitions that all tiles use. The page has them once. */
export function TileDrawings() {
  return (
    <svg class="drawings" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        {GLAZES.map(([light, dark], colour) => (
          <linearGradient key={colour} id={`glaze-${colour}`} x1="0" y1="0" x2="0.6" y2="1">
            <stop offset="0" stop-color={light} />
            <stop offset="1" stop-color={dark} />
          </linearGradient>
        ))}
        <linearGradient id="shine" x1="0" y1="0" x2="0.7" y2="1">
          <stop offset="0" stop-color="#fff" stop-opacity="0.55" />
          <stop offset="0.45" stop-color="#fff" stop-opacity="0.04" />
          <stop offset="1" stop-color="#000" stop-opacity="0.12" />
        </linearGradient>
        {GLAZES.map(([, , edge], colour) => (
          <>
            <symbol id={`motif-${colour}`} viewBox="0 0 40 40">
              <g fill="currentColor">{MOTIFS[colour]}</g>
            </symbol>
            <symbol id={`tile-${colour}`} viewBox="0 0 40 40">
              <rect
                x="0.8"
                y="0.8"
                width="38.4"
                height="38.4"
                rx="5"
                fill={`url(#glaze-${colour})`}
                stroke={edge}
                stroke-width="1.6"
              />
              <g class={`ink-${colour}`} fill="currentColor" opacity="0.94" transform="translate(2 2) scale(0.9)">
                {MOTIFS[colour]}
              </g>
              <rect x="1.6" y="1.6" width="36.8" height="36.8" rx="4.4" fill="url(#shine)" />
            </symbol>
          </>
        ))}
        <radialGradient id="plate-glaze" cx="0.42" cy="0.36" r="0.72">
          <stop offset="0" stop-color="var(--plate-1)" />
          <stop offset="0.7" stop-color="var(--plate-2)" />
          <stop offset="1" stop-color="var(--plate-3)" />
        </radialGradient>
        <symbol id="plate" viewBox="0 0 100 100">
          <circle cx="50" cy="50" r="48.5" fill="url(#plate-glaze)" stroke="var(--plate-edge)" stroke-width="1.2" />
          <circle
            cx="50"
            cy="50"
            r="44"
            fill="none"
            stroke="var(--plate-ink)"
            stroke-width="4.4"
            stroke-dasharray="1.6 3.72"
          />
          <circle cx="50" cy="50" r="40.4" fill="none" stroke="var(--plate-ink)" stroke-width="0.9" />
          <circle cx="50" cy="50" r="47" fill="none" stroke="var(--plate-ink)" stroke-width="0.7" />
          <g fill="var(--plate-ink)" opacity="0.5">
            {Array.from({ length: 8 }, (_, i) => (
              <path
                key={i}
                d="M50 39C47.4 36 47.4 32.4 50 30C52.6 32.4 52.6 36 50 39Z"
                transform={`rotate(${45 * i} 50 50)`}
              />
            ))}
          </g>
        </symbol>
        <symbol id="tile-marker" viewBox="0 0 40 40">
          <rect x="0.8" y="0.8" width="38.4" height="38.4" rx="5" fill="#f3ead6" stroke="#7a5b3a" stroke-width="1.6" />
          <circle cx="20" cy="20" r="14" fill="none" stroke="#b93a28" stroke-width="2.4" stroke-dasharray="3.2 2.3" />
          <path
            d="M16.5 14.5 21.5 11.5V28.5M16.5 28.5H26"
            fill="none"
            stroke="#7a2a1c"
            stroke-width="3.4"
            stroke-linecap="round"
            stroke-linejoin="round"
          />
          <rect x="1.6" y="1.6" width="36.8" height="36.8" rx="4.4" fill="url(#shine)" />
        </symbol>
      </defs>
    </svg>
  );
}

/** One tile, 0 to 4 by colour, or the first-player marker. */
export function Tile({ colour, class: name = '' }: { colour: number | 'marker'; class?: string }) {
  return (
    <svg class={`tile ${name}`} viewBox="0 0 40 40" aria-hidden="true">
      <use href={`#tile-${colour}`} />
    </svg>
  );
}

/** The pattern of a colour without its tile, for an empty place on the wall. */
export function Motif({ colour }: { colour: number }) {
  return (
    <svg class="motif" viewBox="0 0 40 40" aria-hidden="true">
      <use href={`#motif-${colour}`} />
    </svg>
  );
}
