/**
 * A policy's part of a batch: what its agents saw and did, one agent's rows below another's, and how likely that was
 * when it was drawn and is now.
 */
import { rules } from "../../autodiff/rules.ts";
import { Tape } from "../../autodiff/tape.ts";
import type { Arena } from "../../kernels/memory.ts";
import type { NetworkData } from "../../nn/network-tape.ts";
import { Predictor } from "../../nn/predictor.ts";
import type { Batch } from "../../rollouts/batch.ts";
import type { Actions } from "../../rollouts/joint-policy.ts";
import { exp } from "../../tensor/math.ts";
import { NonFiniteError } from "../../validation/errors.ts";
import type { Columns, Policy } from "./policy.ts";
import { joinRows, putRows, takeColumns, takeRows } from "./rows.ts";
import { forMembers, Sequences } from "./sequences.ts";

/** Rows of some of a policy's agents, with what the network reads, by time where it remembers. */
export interface Samples extends NetworkData {
  /** [rows] which rows of the policy's [agents · rows] these are. */
  readonly places: Int32Array;
  /** [rows, heads or dimensions]. */
  readonly actions: Actions;
  /** [rows, outputSize]. */
  readonly masks: Uint8Array | undefined;
  /** [rows], 1 where the agent was there. */
  readonly alive: Uint8Array;
  /** [rows] log π_old(a|o). */
  readonly oldLogProbs: Float32Array;
}

/** How a policy differs from the one that drew the batch: means over the rows of each of its agents. */
export interface Change {
  readonly kl: readonly number[];
  readonly entropy: readonly number[];
}

/** The arrays of all agents, [agents · rows] long. */
type Everything = Pick<Samples, "actions" | "masks" | "alive"> & { readonly input: Float32Array };

/** Made before the policy moves: what it says of the batch then is what changes are measured against. */
export class PolicyBatch {
  readonly policy: Policy;
  /** Of each agent. */
  readonly rows: number;
  /** Rows, or chunks where the policy remembers: what minibatches are made of. */
  readonly units: number;
  readonly #all: Everything;
  readonly #sequences: Sequences | undefined;
  /** [agents · chunks, memory] before each chunk, as it was when the batch was drawn. */
  readonly #memories: Float32Array;
  readonly #firstMemory: Float32Array;
  readonly #oldOutput: Float32Array;
  readonly #oldExtra: Float32Array | undefined;
  readonly #oldLogProbs: Float32Array;
  #logProbs: Float32Array;

  /** @param chunkLength of a policy that remembers */
  constructor(arena: Arena, policy: Policy, columns: readonly Columns[], batch: Batch, chunkLength: number) {
    const { agents, memorySize } = policy;
    const width = batch.actions.length / batch.rows;
    const own = agents.map((agent) => batch.agents[agent]);
    const observations = batch.agents.map((agent) => agent.observations);
    this.policy = policy;
    this.rows = batch.rows;
    this.#all = {
      input: policy.inputs(observations, batch.rows),
      actions: joinRows(agents.map((agent) => takeColumns(batch.actions, width, columns[agent]))),
      masks: own[0].masks && joinRows(own.map(({ masks }) => masks as Uint8Array)),
      alive: joinRows(own.map(({ alive }) => alive)),
    };
    this.#sequences = memorySize > 0 ? new Sequences(batch, chunkLength) : undefined;
    this.units = this.#sequences?.chunks ?? batch.rows;
    this.#firstMemory = policy.takeMemory(batch.memory, batch.copies);
    this.#memories = new Float32Array(agents.length * this.units * memorySize);
    this.#oldOutput = this.#outputs(arena, this.#memories);
    this.#oldExtra = policy.extra;
    this.#oldLogProbs = this.#measure(arena, this.#oldOutput).logProbs;
    this.#logProbs = this.#oldLogProbs;
  }

  /** Takes the policy's present log-probabilities; says how far it is from the old one. */
  measure(arena: Arena): Change {
    const { logProbs, kl, entropy } = this.#measure(arena, this.#outputs(arena));
    this.#logProbs = logProbs;
    return { kl, entropy };
  }

  /** [rows] π/π_old of an agent's actions as last measured; exactly 1 where it was not there. */
  ratios(agent: number): Float64Array {
    const start = this.policy.agents.indexOf(agent) * this.rows;
    const part = <T extends Float32Array | Uint8Array>(values: T): T =>
      values.subarray(start, start + this.rows) as T;
    return ratiosOf(part(this.#logProbs), part(this.#oldLogProbs), part(this.#all.alive));
  }

  /** All rows of these of its agents, or those of the units `at`. */
  select(agents: readonly number[], at?: Int32Array): Samples {
    const { policy, rows } = this;
    const members = agents.map((agent) => policy.agents.indexOf(agent));
    const units = at ?? Int32Array.from({ length: this.units }, (_, unit) => unit);
    const sequences = this.#sequences;
    if (!sequences) return this.take(forMembers(members, units, rows));
    const places = forMembers(members, sequences.rowsOf(units), rows, sequences.length);
    const initial = takeRows(this.#memories, policy.memorySize, forMembers(members, units, this.units));
    const starts = sequences.startsAt(places);
    return { ...this.take(places), memory: { initial, starts } };
  }

  /** Rows by their places, of a policy that does not remember. */
  take(places: Int32Array): Samples {
    const { shape, distribution } = this.policy;
    const { input, actions, masks, alive } = this.#all;
    return {
      rows: places.length,
      places,
      input: takeRows(input, shape.inputSize, places),
      actions: takeRows(actions, distribution.actionSize, places),
      masks: masks && takeRows(masks, distribution.outputSize, places),
      alive: takeRows(alive, 1, places),
      oldLogProbs: takeRows(this.#oldLogProbs, 1, places),
    };
  }

  /** [agents · rows, outputSize] at the policy's parameters. @param memories receives those before each chunk */
  #outputs(arena: Arena, memories?: Float32Array): Float32Array {
    const { policy, rows } = this;
    const { shape, parameters, agents, memorySize } = policy;
    const predictor = new Predictor(arena, shape, parameters);
    const sequences = this.#sequences;
    if (!sequences) return predictor.predict(arena, this.#all.input, agents.length * rows).output;
    const outputs = new Float32Array(agents.length * rows * shape.outputSize);
    const members = [...agents.keys()];
    let initial = this.#firstMemory;
    for (let place = 0; place < sequences.chunksPerCopy; place++) {
      const chunks = sequences.chunksAt(place);
      if (memories) putRows(memories, memorySize, forMembers(members, chunks, sequences.chunks), initial);
      const at = forMembers(members, sequences.rowsOf(chunks), rows, sequences.length);
      const starts = sequences.startsAt(at);
      const input = takeRows(this.#all.input, shape.inputSize, at);
      const { output, memory } = predictor.predict(arena, input, at.length, { initial, starts });
      putRows(outputs, shape.outputSize, at, output);
      initial = memory as Float32Array;
    }
    return outputs;
  }

  #measure(arena: Arena, outputs: Float32Array): Change & { readonly logProbs: Float32Array } {
    const { distribution, extra, name, agents } = this.policy;
    const { actions, masks, alive } = this.#all;
    return Tape.run(arena, rules, (tape) => {
      const shape = [agents.length * this.rows, distribution.outputSize];
      const output = tape.lift({ shape, values: outputs }, "policy output");
      const beside = extra && tape.lift(extra, "extra parameters");
      const logProbs = distribution.logProb(output, beside, actions, masks).read();
      if (!logProbs.every(Number.isFinite)) {
        throw new NonFiniteError(`policy of ${name}: a log-probability of what was done is not finite`);
      }
      const kl = distribution.kl(this.#oldOutput, this.#oldExtra, output, beside, masks).read();
      const entropy = distribution.entropy(output, beside, masks).read();
      const means = (values: Float32Array) => agents.map((_, member) => this.#mean(values, alive, member));
      return { logProbs, kl: means(kl), entropy: means(entropy) };
    });
  }

  /** Over the rows in which a member was there. */
  #mean(values: Float32Array, alive: Uint8Array, member: number): number {
    let [sum, count] = [0, 0];
    for (let row = member * this.rows; row < (member + 1) * this.rows; row++) {
      sum += alive[row] * values[row];
      count += alive[row];
    }
    return count > 0 ? sum / count : 0;
  }
}

/** exp(log π − log π_old), 1 where alive is 0. */
export function ratiosOf(logProbs: Float32Array, old: Float32Array, alive: Uint8Array): Float64Array {
  const ratios = new Float64Array(logProbs.length);
  for (let row = 0; row < ratios.length; row++) ratios[row] = alive[row] ? exp(logProbs[row] - old[row]) : 1;
  return ratios;
}
