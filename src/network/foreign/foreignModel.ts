/** Networks that other programs made: ONNX files of any architecture with the inputs and outputs of `docs/networks.md`. */
import onnxProto from 'onnx-proto';
import { Rules } from '../../game/rules.js';
import { MAX_PLAYERS, MIN_PLAYERS } from '../../game/state.js';
import { ENCODING, Encoder } from '../encoding.js';
import { isDamaged, withChecksum } from '../modelChecksum.js';
import { ModelError } from '../onnxModel.js';

const { onnx } = onnxProto;
const { FLOAT } = onnx.TensorProto.DataType;
const { EXTERNAL } = onnx.TensorProto.DataLocation;

/** Domains of the operators that are built into ONNX Runtime. */
const DOMAINS = ['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft'];

/** A network of another program. */
export interface ForeignModel {
  players: number;
  /** The bytes of the file. */
  onnx: Uint8Array;
  /** Whether the network also has the output `margin`. */
  hasMargin: boolean;
  /** Number of float32 weights. */
  parameters: number;
}

type Message = InstanceType<typeof onnx.ModelProto>;
type ValueInfo = NonNullable<NonNullable<Message['graph']>['input']>[number];

/**
 * Reads a foreign network from a file's bytes, and checks all that can be checked without running it. `inputs` names the inputs
 * that it takes, if its metadata does not. Throws a ModelError that says what is wrong.
 */
export function decodeForeign(bytes: Uint8Array, path: string, inputs?: string): ForeignModel {
  const fail = (what: string): never => {
    throw new ModelError(`${path} ${what}`);
  };
  if (isDamaged(bytes)) fail('is damaged: its checksum is wrong; restore it, or name another');
  let model: Message;
  try {
    model = onnx.ModelProto.decode(bytes);
  } catch {
    return fail('is not an ONNX model, or is damaged; name a .onnx file');
  }
  const stated = inputs ?? metadataOf(model).get('encoding');
  if (stated === undefined) return fail(`does not say which inputs it takes; add inputs=${ENCODING} if it takes those`);
  if (stated !== ENCODING) return fail(`takes the inputs "${stated}", not ${ENCODING}; name another`);
  for (const tensor of messagesIn(model)) {
    if (tensor.dataLocation === EXTERNAL || (tensor.externalData as unknown[] | undefined)?.length)
      fail('keeps weights in another file; export it with all weights inside');
  }
  const known = new Set([...DOMAINS, ...(model.functions ?? []).map(({ domain }) => domain)]);
  for (const { opType, domain } of messagesIn(model)) {
    if (typeof opType === 'string' && !known.has((domain as string | undefined) ?? ''))
      fail(`has the operator ${domain}.${opType}, which ONNX Runtime does not know; export it with standard operators`);
  }
  const { graph } = model;
  const weights = new Set(graph?.initializer?.map(({ name }) => name));
  const taken = graph?.input?.filter(({ name }) => !weights.has(name)) ?? [];
  const [input] = taken;
  if (taken.length !== 1 || input?.name !== 'inputs')
    return fail(`has the inputs ${namesOf(taken)}; it must have one, named inputs`);
  const sizes = seats().map((players) => ({ players, size: new Encoder(players).inputs }));
  const width = columnsOf(input);
  const players = sizes.find(({ size }) => size === width)?.players;
  if (!players || !isBatch(input, width)) {
    const wanted = sizes.map(({ size }) => `[batch, ${size}]`).join(', ');
    return fail(`has inputs of ${typeOf(input)}; they must be float32 of ${wanted} for 2, 3, 4 players`);
  }
  const outputs = new Map(graph?.output?.map((output) => [output.name ?? '', output]));
  const columns = { logits: Rules.for(players).actions, value: players, margin: players };
  for (const [name, wanted] of Object.entries(columns)) {
    const output = outputs.get(name);
    if (!output && name === 'margin') continue;
    if (!output)
      return fail(`has no output ${name}, but ${namesOf([...outputs.values()])}; it must have logits and value`);
    if (!isBatch(output, wanted))
      fail(`has ${name} of ${typeOf(output)}; for ${players} players it must be float32 of [batch, ${wanted}]`);
  }
  const parameters = (graph?.initializer ?? [])
    .filter(({ dataType }) => dataType === FLOAT)
    .reduce((sum, { dims }) => sum + (dims ?? []).reduce((size: number, dim) => size * Number(dim), 1), 0);
  return { players, onnx: bytes, hasMargin: outputs.has('margin'), parameters };
}

/**
 * The file of a foreign network, with the encoding of its inputs, its number of players and a checksum in its metadata. Such a
 * file needs no option that names its inputs.
 */
export function labelled({ players, onnx: bytes }: ForeignModel): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  const metadata = metadataOf(model).set('encoding', ENCODING).set('players', String(players));
  metadata.delete('checksum');
  model.metadataProps = [...metadata].map(([key, value]) => onnx.StringStringEntryProto.fromObject({ key, value }));
  return withChecksum(onnx.ModelProto.encode(model).finish());
}

/** Whether a file is a foreign network whose metadata names its inputs, such as one from `labelled`. */
export function isForeign(bytes: Uint8Array): boolean {
  try {
    const metadata = metadataOf(onnx.ModelProto.decode(bytes));
    return metadata.get('encoding') === ENCODING && !metadata.has('width');
  } catch {
    return false;
  }
}

function metadataOf(model: Message): Map<string, string> {
  return new Map(model.metadataProps?.map(({ key, value }) => [key ?? '', value ?? '']));
}

/** A message and all messages within it, including the tensors and nodes of subgraphs and functions. */
function* messagesIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const part of Object.values(value)) yield* messagesIn(part);
}

function seats(): number[] {
  return Array.from({ length: MAX_PLAYERS - MIN_PLAYERS + 1 }, (_, i) => MIN_PLAYERS + i);
}

function columnsOf({ type }: ValueInfo): number {
  return Number(type?.tensorType?.shape?.dim?.[1]?.dimValue ?? Number.NaN);
}

/**
 * Whether a tensor may be float32 of [batch, columns], with a free batch axis. A shape or a number of columns that the file
 * does not give is accepted.
 */
function isBatch({ type }: ValueInfo, columns: number): boolean {
  const dims = type?.tensorType?.shape?.dim;
  if (type?.tensorType?.elemType !== FLOAT) return false;
  // A graph may omit the shapes of its outputs.
  if (!dims) return true;
  const last = Number(dims[1]?.dimValue ?? 0);
  return dims.length === 2 && Number(dims[0]?.dimValue ?? 0) === 0 && (last === columns || last === 0);
}

function typeOf({ type }: ValueInfo): string {
  const { elemType, shape } = type?.tensorType ?? {};
  const element = Object.entries(onnx.TensorProto.DataType).find(([, number]) => number === elemType)?.[0];
  const dims = shape?.dim?.map(({ dimValue, dimParam }) => dimParam || String(Number(dimValue ?? 0) || '?'));
  return `${element?.toLowerCase() ?? 'no type'} [${dims?.join(', ') ?? '?'}]`;
}

function namesOf(tensors: readonly ValueInfo[]): string {
  return tensors.map(({ name }) => JSON.stringify(name)).join(', ') || 'none';
}
