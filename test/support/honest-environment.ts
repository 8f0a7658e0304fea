/** A user-written environment that keeps the contract in all its parts; tests break one part at a time. */
import type {
  Drawing,
  Info,
  ParallelEnv,
  ParallelStep,
  PerAgent,
} from "../../src/environments/environment.ts";
import { type Box, box, discrete, multiDiscrete, type Space } from "../../src/environments/spaces.ts";
import { Random } from "../../src/tensor/random.ts";
import { byAgent } from "./by-agent.ts";

export type Choice = number | ArrayLike<number>;

interface State {
  readonly time: number;
  readonly length: number;
  readonly score: number;
  readonly agents: readonly string[];
  readonly random: readonly number[];
}

const observationSpaces: Readonly<Record<string, Space>> = {
  ann: box(0, [1, 1, 10]),
  bob: discrete(4),
  cat: multiDiscrete([2, 3]),
};
const actionSpaces: Readonly<Record<string, Space>> = {
  ann: discrete(3),
  bob: multiDiscrete([2, 2]),
  cat: discrete(2),
};

/**
 * ann sees two random numbers and the time, bob a suit, cat a pair; cat leaves by termination after step 2, the others
 * by truncation after 4 to 6 steps. ann may choose 2 only at odd times. The state is the time and the sum of all choices so
 * far. Methods are writable, to be broken.
 */
export class HonestEnvironment implements ParallelEnv<Choice, Choice> {
  readonly possibleAgents: readonly string[] = ["ann", "bob", "cat"];
  agents: readonly string[] = [];
  time = 0;
  #length = 0;
  #score = 0;
  readonly #random = Random.fromSeed("honest");

  observationSpace = (agent: string): Space => observationSpaces[agent];
  actionSpace = (agent: string): Space => actionSpaces[agent];

  reset = (options?: {
    readonly seed?: number;
  }): { observations: PerAgent<Choice>; infos?: PerAgent<Info> } => {
    if (options?.seed !== undefined) this.#random.loadState(Random.fromSeed(options.seed).saveState());
    this.agents = [...this.possibleAgents];
    this.time = 0;
    this.#score = 0;
    this.#length = 4 + this.#random.integer(3);
    return { observations: this.observe(this.agents), infos: { ann: { luck: 1 } } };
  };

  step = (actions: PerAgent<Choice>): ParallelStep<Choice> => {
    const acted = this.agents;
    this.time++;
    for (const choice of Object.values(actions))
      this.#score += typeof choice === "number" ? choice : choice[0] - choice[1];
    const over = this.time >= this.#length;
    this.agents = over ? [] : acted.filter((agent) => agent !== "cat" || this.time < 2);
    return {
      observations: this.observe(acted),
      rewards: byAgent(acted, (agent) => this.#score * agent.charCodeAt(0) * 0.01),
      terminations: byAgent(acted, (agent) => agent === "cat" && this.time === 2),
      truncations: byAgent(acted, () => over),
    };
  };

  observe = (agents: readonly string[]): PerAgent<Choice> => {
    const seen: Record<string, Choice> = {
      ann: Float32Array.of(this.#random.float(), this.#random.float(), this.time),
      bob: this.#random.integer(4),
      cat: [this.#random.integer(2), this.#random.integer(3)],
    };
    return byAgent(agents, (agent) => seen[agent]);
  };

  stateSpace?: Box = box([0, Number.NEGATIVE_INFINITY], Number.POSITIVE_INFINITY);
  state?: () => ArrayLike<number> = () => [this.time, this.#score];

  actionMask?: (agent: string) => ArrayLike<number> | undefined = (agent) =>
    agent === "ann" ? [1, 1, this.time % 2] : undefined;

  draw?: () => Drawing = () => ({
    view: [0, 0, 1, 1],
    shapes: [
      null,
      {
        kind: "line",
        points: [
          [0, 0],
          [this.time, 1],
        ],
        color: "#000",
      },
    ],
  });

  saveState?: () => unknown = (): State => ({
    time: this.time,
    length: this.#length,
    score: this.#score,
    agents: [...this.agents],
    random: [...this.#random.saveState()],
  });

  loadState?: (state: unknown) => void = (state) => {
    const { time, length, score, agents, random } = state as State;
    this.time = time;
    this.#length = length;
    this.#score = score;
    this.agents = agents;
    this.#random.loadState(random);
  };
}

/** The same without its optional parts. */
export function plainEnvironment(): ParallelEnv<Choice, Choice> {
  const plain = new HonestEnvironment();
  const parts = ["state", "stateSpace", "actionMask", "draw", "saveState", "loadState"] as const;
  for (const part of parts) delete plain[part];
  return plain;
}
