import type { Evaluator, Leaves } from '../../mcts/evaluator.js';
import { Encoder } from '../encoding.js';
import { placeValues } from '../networkEvaluator.js';
import { createSession, type SessionSettings } from '../onnxSession.js';
import * as ort from '../ort.js';
import type { ForeignModel } from './foreignModel.js';

/** Evaluates positions with a network of another program. If the network has no output `margin`, margins are 0. */
export class ForeignEvaluator implements Evaluator {
  private readonly encoder: Encoder;
  private inputs = new Float32Array(0);
  private value = new Float32Array(0);
  private margin = new Float32Array(0);

  private constructor(
    private readonly model: ForeignModel,
    private readonly session: ort.InferenceSession,
  ) {
    this.encoder = new Encoder(model.players);
  }

  /** Opens a session for the network. Rejects with ONNX Runtime's error if it can't run the graph. */
  static async open(model: ForeignModel, settings: SessionSettings = {}): Promise<ForeignEvaluator> {
    return new ForeignEvaluator(model, await createSession(model.onnx, settings));
  }

  async evaluate(leaves: Leaves): Promise<void> {
    const { players, hasMargin } = this.model;
    const { count, capacity, states, game } = leaves;
    const { inputs: columns } = this.encoder;
    if (this.inputs.length < capacity * columns) {
      this.inputs = new Float32Array(capacity * columns);
      this.value = new Float32Array(capacity * players);
      this.margin = new Float32Array(capacity * players);
    }
    for (let row = 0; row < count; row++) {
      this.encoder.encode(states, row * game.stateSize, this.inputs, row * columns);
    }
    const rows = (data: Float32Array, width: number) =>
      new ort.Tensor('float32', data.subarray(0, count * width), [count, width]);
    await this.session.run(
      { inputs: rows(this.inputs, columns) },
      {
        logits: rows(leaves.logits, game.actions),
        value: rows(this.value, players),
        ...(hasMargin && { margin: rows(this.margin, players) }),
      },
    );
    placeValues(leaves, players, this.value, this.margin);
  }

  /** Frees the session. */
  close(): Promise<void> {
    return this.session.release();
  }
}
