/** Names of streams, buckets, consumers and subjects on the server; docs/fleet.md explains them. */
import { readJson } from '../files.js';
import { packageRoot } from '../paths.js';

/** Version of the program. The learner and its workers must have the same, because other versions might play other games. */
export const { version: VERSION } = readJson(new URL('package.json', packageRoot)) as { version: string };

export const WORK = 'AZUL_WORK';
export const RESULTS = 'AZUL_RESULTS';
export const WEIGHTS = 'azul_weights';
export const JOBS = 'azul_jobs';
export const WORKERS = 'azul_workers';
export const REFUSED = 'azul_refused';

/** Kinds of work: games of self-play, and games of matches. Each kind is also the name of a consumer of WORK. */
export const KINDS = ['play', 'match'] as const;
export type Kind = (typeof KINDS)[number];

/** Valid names of jobs and workers. Each is one token of a subject. */
export const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Returns a new name: readable text and 6 random characters, which make it unique. */
export function freshName(text: string): string {
  const readable = text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 40);
  const random = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => (byte % 36).toString(36));
  return `${readable || 'azul'}-${random.join('')}`;
}

export const workSubject = (kind: Kind, job: string, key: string) => `azul.work.${kind}.${job}.${key}`;
export const resultSubject = (kind: Kind, job: string, worker: string) => `azul.${kind}.${job}.${worker}`;
export const doneSubject = (job: string) => `azul.done.${job}`;
export const troubleSubject = (job: string, worker: string) => `azul.trouble.${job}.${worker}`;
