/**
 * One agent of MATRPO: everything it owns and learns by itself. It sees its own observations and rewards, the joint
 * actions and the ends of episodes; of the others it hears only what crosses its links.
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { mlpLayout } from "../../nn/mlp.ts";
import { flatten, type NamedTensor, unflatten } from "../../nn/parameters.ts";
import { estimateAdvantages, explainedVariance } from "../../rollouts/advantages.ts";
import type { AgentBatch, Batch } from "../../rollouts/batch.ts";
import type { Random } from "../../tensor/random.ts";
import { NonFiniteError, within } from "../../validation/errors.ts";
import { ValueFunction } from "../value-function.ts";
import { CandidateStep, type PolicyUpdate } from "./candidate-step.ts";
import { ConsensusMember, rememberLink } from "./consensus.ts";
import type { Link } from "./link.ts";
import { type HeadOwnership, LocalPolicy } from "./local-policy.ts";
import type { MatrpoSettings } from "./options.ts";
import { PolicyExpansion } from "./policy-expansion.ts";
import { type StepSettings, thetaSolver } from "./theta-solver.ts";
import type { ThetaSolver } from "./theta-step.ts";

/** One end of a link as its agent holds it. */
export interface LinkEnd {
  readonly link: Link;
  readonly sign: 1 | -1;
}

export interface AgentState {
  readonly tensors: Readonly<Record<string, NamedTensor>>;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** An agent's part in one policy iteration. */
export interface Participation {
  readonly member: ConsensusMember;
  readonly solver: ThetaSolver;
  /** Mean entropy of its own heads before the update. */
  readonly entropy: number;
  finish(): PolicyUpdate;
}

/** What an agent learns alone from its own data, before anyone talks. */
export interface LocalEstimates {
  readonly advantages: Float32Array;
  readonly explainedVariance: number;
}

export class MatrpoAgent {
  readonly name: string;
  readonly policy: LocalPolicy;
  readonly links: readonly LinkEnd[];
  readonly #value: ValueFunction;
  readonly #settings: MatrpoSettings;
  /** Draws its actions. */
  readonly #acting: Random;
  /** Orders minibatches, chooses Fisher rows, draws K-FAC's actions. */
  readonly #learning: Random;

  constructor(
    name: string,
    observationSize: number,
    heads: HeadOwnership,
    links: readonly LinkEnd[],
    settings: MatrpoSettings,
    random: Random,
    sharedNoise: Random,
  ) {
    const width = heads.headSizes.reduce((sum, size) => sum + size, 0);
    const { hiddenSizes, activation } = settings;
    this.name = name;
    this.links = links;
    this.#settings = settings;
    this.#acting = settings.sharedNoise ? sharedNoise : random.derive("acting");
    this.#learning = random.derive("learning");
    const sizes = [observationSize, ...hiddenSizes];
    this.policy = new LocalPolicy(
      { sizes: [...sizes, width], activation },
      heads,
      settings.policyOutputGain,
      random.derive("policy"),
    );
    this.#value = new ValueFunction(
      { sizes: [...sizes, 1], activation },
      settings.valueLearningRate,
      random.derive("value"),
    );
  }

  /** Writes its own actions into the joint actions [rows, all heads]. */
  act(
    arena: Arena,
    observations: Float32Array,
    rows: number,
    actions: Int32Array,
    deterministic: boolean,
  ): void {
    if (deterministic) this.policy.mode(arena, observations, rows, actions);
    else if (this.#settings.sharedNoise) {
      this.policy.sampleWithSharedNoise(arena, observations, rows, this.#acting, actions);
    } else this.policy.sample(arena, observations, rows, this.#acting, actions);
  }

  /** Advantages from its own rewards and value function, then the value fit. */
  estimate(arena: Arena, batch: Batch, own: AgentBatch): LocalEstimates {
    const values = this.#value.predict(arena, own.observations, batch.rows);
    const cutValues = this.#value.predict(arena, own.cutObservations, batch.cuts.length);
    const { advantages, returns } = estimateAdvantages(
      arena,
      batch,
      own.rewards,
      values,
      cutValues,
      this.#settings,
    );
    const odd = advantages.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw new NonFiniteError(`advantages: ${this.name}, row ${odd}: ${advantages[odd]}`);
    within(this.name, () =>
      this.#value.fit(arena, own.observations, returns, this.#settings, this.#learning),
    );
    return { advantages, explainedVariance: explainedVariance(values, returns) };
  }

  /**
   * Expands its policy around the present parameters and joins the consensus; lives in the arena's scope.
   * @param actions i32 [rows, all heads] in the arena. @param advantages normalised, [rows].
   * @param solves how many answers the schedule will ask of this agent.
   */
  joinConsensus(
    arena: Arena,
    batch: Batch,
    own: AgentBatch,
    actions: Pointer,
    advantages: Float32Array,
    solves: number,
    step: StepSettings,
  ): Participation {
    const settings = this.#settings;
    const { shape, heads, parameters } = this.policy;
    const data = {
      observations: arena.place(own.observations),
      actions,
      rows: batch.rows,
      fisherRows: this.#fisherRows(batch.rows),
    };
    const expansion = new PolicyExpansion(arena, shape, heads.headSizes, parameters, data, settings);
    const { components, samples } = expansion;
    const links = this.links.map(({ link, sign }) =>
      rememberLink(arena, link, sign, components, settings.initialMultiplier),
    );
    const terms = {
      advantages: arena.place(repeat(advantages, components / samples)),
      components,
      samples,
      links,
      penalty: step.penalty,
    };
    const candidate = new CandidateStep(arena, this.name, parameters, expansion, terms, step.maxKl, settings);
    const solver = thetaSolver(arena, expansion, candidate, this.#learning, solves, step, settings);
    return {
      member: new ConsensusMember(arena, this.name, terms, solver),
      solver,
      entropy: ownEntropy(expansion, heads),
      finish: () => candidate.finish(solver),
    };
  }

  save(prefix: string): AgentState {
    const policyLayout = mlpLayout(this.policy.shape, `${prefix}policy.`);
    const valueLayout = mlpLayout(this.#value.shape, `${prefix}value.`);
    const { parameters, adam } = this.#value.save();
    const { m, v, ...counters } = adam;
    return {
      tensors: {
        ...unflatten(policyLayout, this.policy.parameters),
        ...unflatten(valueLayout, parameters),
        [`${prefix}value.adam.m`]: { shape: [m.length], values: m },
        [`${prefix}value.adam.v`]: { shape: [v.length], values: v },
      },
      facts: {
        [`${prefix}adam`]: counters,
        [`${prefix}acting`]: this.#acting.saveState(),
        [`${prefix}learning`]: this.#learning.saveState(),
      },
    };
  }

  load(prefix: string, { tensors, facts }: AgentState): void {
    this.policy.parameters = flatten(mlpLayout(this.policy.shape, `${prefix}policy.`), tensors);
    this.#value.load({
      parameters: flatten(mlpLayout(this.#value.shape, `${prefix}value.`), tensors),
      adam: {
        m: tensors[`${prefix}value.adam.m`].values,
        v: tensors[`${prefix}value.adam.v`].values,
        ...(facts[`${prefix}adam`] as { step: number; beta1Power: number; beta2Power: number }),
      },
    });
    this.#acting.loadState(facts[`${prefix}acting`] as number[]);
    this.#learning.loadState(facts[`${prefix}learning`] as number[]);
  }

  /** Rows for the KL Hessian, ascending: one in `fisherSubsample`. */
  #fisherRows(rows: number): Int32Array {
    const { fisherSubsample, fisherOrder } = this.#settings;
    const count = Math.max(1, Math.floor(rows / fisherSubsample));
    if (fisherOrder === "strided") return Int32Array.from({ length: count }, (_, i) => i * fisherSubsample);
    const order = this.#learning.shuffle(Int32Array.from({ length: rows }, (_, row) => row));
    return order.slice(0, count).sort();
  }
}

function ownEntropy(expansion: PolicyExpansion, { first, count }: HeadOwnership): number {
  const entropies = expansion.heads.meanEntropyPerHead(expansion.logProbs, expansion.samples);
  return entropies.subarray(first, first + count).reduce((sum, entropy) => sum + entropy, 0);
}

/** Each value `times` times in a row. */
function repeat(values: Float32Array, times: number): Float32Array {
  const out = new Float32Array(values.length * times);
  for (let i = 0; i < values.length; i++) out.fill(values[i], i * times, (i + 1) * times);
  return out;
}
