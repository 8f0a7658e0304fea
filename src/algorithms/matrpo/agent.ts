/**
 * One agent of MATRPO: a trust-region learner that also holds its ends of the links. It sees its own observations and
 * rewards, the joint actions and the ends of episodes; of the others it hears only what crosses its links.
 */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import type { Stopwatch } from "../../profiling/stopwatch.ts";
import type { AgentBatch, Batch } from "../../rollouts/batch.ts";
import type { Random } from "../../tensor/random.ts";
import { TrustRegionAgent } from "../trust-region/agent.ts";
import { CandidateStep, type PolicyUpdate } from "../trust-region/candidate-step.ts";
import type { HeadOwnership, SharedNoise } from "../trust-region/local-policy.ts";
import { thetaSolver } from "../trust-region/theta-solver.ts";
import type { ThetaSolver } from "../trust-region/theta-step.ts";
import { ConsensusMember, rememberLink } from "./consensus.ts";
import type { Link } from "./link.ts";
import type { MatrpoSettings } from "./options.ts";
import { type StepTrial, TrueRatioSolver } from "./true-ratio-solver.ts";

/** One end of a link as its agent holds it. */
export interface LinkEnd {
  readonly link: Link;
  readonly sign: 1 | -1;
}

/** What all agents have in common in a policy iteration. */
export interface StepSettings {
  /** δ of each agent. */
  readonly maxKl: number;
  /** ρ. */
  readonly penalty: number;
}

/** An agent's part in one policy iteration. */
export interface Participation {
  readonly member: ConsensusMember;
  readonly solver: ThetaSolver;
  /** Mean entropy of its own heads before the update. */
  readonly entropy: number;
  finish(): PolicyUpdate;
}

export class MatrpoAgent extends TrustRegionAgent<MatrpoSettings> {
  readonly links: readonly LinkEnd[];

  constructor(
    name: string,
    observationSize: number,
    heads: HeadOwnership,
    links: readonly LinkEnd[],
    settings: MatrpoSettings,
    random: Random,
    sharedNoise: SharedNoise,
  ) {
    super(name, observationSize, heads, settings, random, sharedNoise);
    this.links = links;
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
    stopwatch: Stopwatch,
  ): Participation {
    const { settings, name } = this;
    const expansion = this.expand(arena, own.observations, batch.rows, actions, settings);
    const { components, samples } = expansion;
    const links = this.links.map(({ link, sign }) =>
      rememberLink(arena, link, sign, components, settings.initialMultiplier),
    );
    const repeated = arena.place(repeat(advantages, components / samples));
    const terms = { advantages: repeated, components, samples, links, penalty: step.penalty };
    const { maxKl } = step;
    const candidate = new CandidateStep(
      arena,
      name,
      this.policy.parameters,
      expansion,
      terms,
      maxKl,
      settings,
    );
    const options = { ...settings, maxKl };
    const linear = thetaSolver(arena, expansion, this.learning, solves, options, stopwatch);
    const judge = settings.activationLineSearch ? candidate.search : candidate.measure;
    const trial: StepTrial = (x, logRatio) => stopwatch.measure("lineSearch", () => judge(x, logRatio));
    const solver =
      settings.exchange === "linearised"
        ? linear
        : new TrueRatioSolver(arena, linear, expansion.size, components, trial);
    return {
      member: new ConsensusMember(arena, name, terms, solver),
      solver,
      entropy: this.entropy(expansion),
      finish: () => candidate.finish(solver),
    };
  }
}

/** Each value `times` times in a row. */
function repeat(values: Float32Array, times: number): Float32Array {
  const out = new Float32Array(values.length * times);
  for (let i = 0; i < values.length; i++) out.fill(values[i], i * times, (i + 1) * times);
  return out;
}
