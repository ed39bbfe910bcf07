import { describeConfig } from '../../training/config/description.js';

/** The most used settings, in the order of the help. */
const MOST_USED = [
  'players',
  'network',
  'iterations',
  'selfPlay.workers',
  'selfPlay.gamesPerIteration',
  'selfPlay.simulations',
  'training.batchSize',
  'training.learningRate',
  'training.decaySteps',
  'evaluation.every',
];

/** The meaning of every setting: first the most used ones, then the others by section. */
export function configHelp(): string {
  const meanings = new Map(describeConfig());
  const section = (title: string, fields: string[]) =>
    [`${title}:`, ...fields.map((field) => `  ${field.padEnd(28)} ${meanings.get(field)}`)].join('\n');
  const others = [...meanings.keys()].filter((field) => !MOST_USED.includes(field));
  const sectionOf = (field: string) => (field.includes('.') ? field.slice(0, field.indexOf('.')) : 'run');
  return [
    section('Most used; --set training.batchSize=256 changes one', MOST_USED),
    ...[...new Set(others.map(sectionOf))].map((name) =>
      section(
        name,
        others.filter((field) => sectionOf(field) === name),
      ),
    ),
    'docs/training.md explains the settings.',
  ].join('\n\n');
}
