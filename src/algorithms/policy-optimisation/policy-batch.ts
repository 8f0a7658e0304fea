/**
 * A policy's part of a batch: what its agents saw and did, one agent's rows below another's, and how likely that was
 * when it was drawn and is now.
 */
import { rules } from "../../autodiff/rules.ts";
import { Tape } from "../../autodiff/tape.ts";
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { TapeNetwork } from "../../nn/network-tape.ts";
import type { Batch } from "../../rollouts/batch.ts";
import type { Actions } from "../../rollouts/joint-policy.ts";
import { exp } from "../../tensor/math.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { NonFiniteError } from "../../validation/errors.ts";
import type { Columns, Policy } from "./policy.ts";
import { joinRows, takeColumns, takeRows } from "./rows.ts";

/** Rows of some of a policy's agents. */
export interface Samples {
  readonly rows: number;
  /** [rows, inputSize]: values, or where they are in the arena. */
  readonly input: Float32Array | Pointer;
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

/** Log-probabilities [rows] of samples, and what else `read` takes from the outputs. */
interface Evaluated<T> {
  readonly logProbs: Float32Array;
  readonly taken: T;
}

export class PolicyBatch {
  readonly policy: Policy;
  /** Of each agent. */
  readonly rows: number;
  /** Everything. */
  readonly samples: Samples & { readonly input: Float32Array };
  /** [agents · rows] log π(a|o) at the parameters of the last `measure`. */
  logProbs: Float32Array;
  readonly #oldOutput: Float32Array;
  readonly #oldExtra: Float32Array | undefined;

  constructor(arena: Arena, policy: Policy, columns: readonly Columns[], batch: Batch) {
    const { agents } = policy;
    const width = batch.actions.length / batch.rows;
    const own = agents.map((agent) => batch.agents[agent]);
    this.policy = policy;
    this.rows = batch.rows;
    const samples = {
      rows: agents.length * batch.rows,
      input: policy.inputs(
        batch.agents.map(({ observations }) => observations),
        batch.rows,
      ),
      actions: joinRows(agents.map((agent) => takeColumns(batch.actions, width, columns[agent]))),
      masks: own[0].masks && joinRows(own.map(({ masks }) => masks as Uint8Array)),
      alive: joinRows(own.map(({ alive }) => alive)),
      oldLogProbs: new Float32Array(0),
    };
    const before = this.#evaluate(arena, samples, (output) => output.read());
    this.#oldOutput = before.taken;
    this.#oldExtra = policy.extra;
    this.logProbs = before.logProbs;
    this.samples = { ...samples, oldLogProbs: before.logProbs };
  }

  /** Takes the policy's present log-probabilities; says how far it is from the old one. */
  measure(arena: Arena): Change {
    const { distribution, agents } = this.policy;
    const { masks, alive } = this.samples;
    const { logProbs, taken } = this.#evaluate(arena, this.samples, (output, extra) => ({
      kl: distribution.kl(this.#oldOutput, this.#oldExtra, output, extra, masks).read(),
      entropy: distribution.entropy(output, extra, masks).read(),
    }));
    this.logProbs = logProbs;
    const means = (values: Float32Array) =>
      agents.map((_, member) => meanWhere(this.#part(alive, member), this.#part(values, member)));
    return { kl: means(taken.kl), entropy: means(taken.entropy) };
  }

  /** [rows] π/π_old of an agent's actions; exactly 1 where it was not there. @param at its rows. @defaultValue all */
  ratios(agent: number, at?: Int32Array): Float64Array {
    const member = this.policy.agents.indexOf(agent);
    const part = <T extends Float32Array | Uint8Array>(values: T): T =>
      takeRows(this.#part(values, member), 1, at);
    return ratiosOf(part(this.logProbs), part(this.samples.oldLogProbs), part(this.samples.alive));
  }

  /** Rows `at` of these of its agents, one agent's below another's; without `at` all rows. */
  select(agents: readonly number[], at?: Int32Array): Samples {
    const { samples, policy, rows } = this;
    if (!at && agents.length === policy.agents.length) return samples;
    const rowsOf = agents.flatMap((agent) => {
      const first = policy.agents.indexOf(agent) * rows;
      return Array.from({ length: at ? at.length : rows }, (_, i) => first + (at ? at[i] : i));
    });
    return this.take(Int32Array.from(rowsOf));
  }

  /** These rows of all agents' [agents · rows]. */
  take(rows: Int32Array): Samples {
    const { samples } = this;
    const { shape, distribution } = this.policy;
    return {
      rows: rows.length,
      input: takeRows(samples.input, shape.inputSize, rows),
      actions: takeRows(samples.actions, distribution.actionSize, rows),
      masks: samples.masks && takeRows(samples.masks, distribution.outputSize, rows),
      alive: takeRows(samples.alive, 1, rows),
      oldLogProbs: takeRows(samples.oldLogProbs, 1, rows),
    };
  }

  /** The rows of one agent. */
  #part<T extends Float32Array | Uint8Array>(values: T, member: number): T {
    return values.subarray(member * this.rows, (member + 1) * this.rows) as T;
  }

  #evaluate<T>(
    arena: Arena,
    { input, rows, actions, masks }: Omit<Samples, "oldLogProbs">,
    take: (output: Tensor, extra: Tensor | undefined) => T,
  ): Evaluated<T> {
    const { shape, distribution, parameters, name } = this.policy;
    return Tape.run(arena, rules, (tape) => {
      const network = new TapeNetwork(tape, shape, arena.place(parameters));
      const output = network.forward({ input, rows });
      const logProbs = distribution.logProb(output, network.extra, actions, masks).read();
      if (!logProbs.every(Number.isFinite)) {
        throw new NonFiniteError(`policy of ${name}: a log-probability of what was done is not finite`);
      }
      return { logProbs, taken: take(output, network.extra) };
    });
  }
}

/** exp(log π − log π_old), 1 where alive is 0. */
export function ratiosOf(logProbs: Float32Array, old: Float32Array, alive: Uint8Array): Float64Array {
  return Float64Array.from(logProbs, (logProb, row) => (alive[row] ? exp(logProb - old[row]) : 1));
}

function meanWhere(alive: Uint8Array, values: Float32Array): number {
  let [sum, count] = [0, 0];
  for (const [row, value] of values.entries()) {
    sum += alive[row] * value;
    count += alive[row];
  }
  return count > 0 ? sum / count : 0;
}
