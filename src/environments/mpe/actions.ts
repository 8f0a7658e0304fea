/**
 * Actions as PettingZoo has them. Discrete: of a mover 5 (stay, left, right, down, up), of a talker W words,
 * of who does both 5 W: move a mod 5, word ⌊a/5⌋. Continuous, numbers in [0, 1], others are clipped: of a
 * mover 5, the force is drive · (a₂ − a₁, a₄ − a₃); of a talker W, the utterance; of who does both 5 + W.
 */
import { InvalidInputError, NonFiniteError } from "../../validation/errors.ts";
import type { VecBatch } from "../environment.ts";
import { MOVES } from "../particle/world.ts";
import type { EnvironmentFacts } from "../spec.ts";
import type { MpeScene } from "./scene.ts";
import type { MpeTask } from "./task.ts";

export type ActionMode = "discrete" | "continuous";

const DRIVE = 5;

/** The part of a specification that is about actions. */
export function actionFacts(
  { agents, words = 0 }: MpeTask,
  mode: ActionMode,
): Pick<EnvironmentFacts, "headSizes" | "bounds"> {
  if (mode === "continuous") {
    const bounds = agents.map(({ moves = true, talks = false }) => {
      const size = (moves ? MOVES : 0) + (talks ? words : 0);
      return { low: new Array<number>(size).fill(0), high: new Array<number>(size).fill(1) };
    });
    return { headSizes: agents.map(() => []), bounds };
  }
  return {
    headSizes: agents.map(({ moves = true, talks = false }) => [(moves ? MOVES : 1) * (talks ? words : 1)]),
  };
}

/** Turns the actions of a copy into forces and utterances. */
export class ActionReader {
  readonly #scene: MpeScene;
  readonly #task: MpeTask;
  readonly #mode: ActionMode;
  /** [agents]. */
  readonly #drives: Float64Array;
  readonly #moves: Uint8Array;
  readonly #talks: Uint8Array;

  constructor(scene: MpeScene, task: MpeTask, mode: ActionMode) {
    const { agents } = task;
    this.#scene = scene;
    this.#task = task;
    this.#mode = mode;
    this.#drives = Float64Array.from(agents, ({ drive = DRIVE }) => drive);
    this.#moves = Uint8Array.from(agents, ({ moves = true }) => (moves ? 1 : 0));
    this.#talks = Uint8Array.from(agents, ({ talks = false }) => (talks ? 1 : 0));
  }

  /**
   * Sets the forces of the copy in focus and what its agents say.
   * @param actionSize numbers kept for each agent
   * @throws InvalidInputError, NonFiniteError for what is no action
   */
  read(copy: number, { actions }: VecBatch, actionSize: number): void {
    const { agents, world } = this.#scene;
    world.forces.fill(0);
    for (let agent = 0; agent < agents; agent++) {
      const at = (copy * agents + agent) * actionSize;
      if (this.#mode === "discrete") this.#choose(agent, actions[at]);
      else this.#drive(agent, actions, at);
    }
  }

  #choose(agent: number, action: number): void {
    const { words, world } = this.#scene;
    const moves = this.#moves[agent] === 1 ? MOVES : 1;
    const count = moves * (this.#talks[agent] === 1 ? words : 1);
    if (!(action >= 0 && action < count)) {
      throw new InvalidInputError(
        `agent ${agent} chose action ${action}; it must be an integer from 0 to ${count - 1}`,
      );
    }
    if (moves === MOVES) world.setMove(agent, action % MOVES, this.#drives[agent]);
    if (this.#talks[agent] === 1) this.#say(agent, Math.floor(action / moves));
  }

  #say(agent: number, word: number): void {
    const { utterances, words } = this.#scene;
    const first = this.#scene.utteranceIndex(agent);
    for (let k = 0; k < words; k++) utterances[first + k] = k === word ? 1 : 0;
  }

  #drive(agent: number, actions: ArrayLike<number>, at: number): void {
    const { forces } = this.#scene.world;
    const { utterances, words } = this.#scene;
    let next = at;
    if (this.#moves[agent] === 1) {
      const drive = this.#drives[agent];
      forces[2 * agent] = drive * (this.#clip(agent, actions[at + 2]) - this.#clip(agent, actions[at + 1]));
      forces[2 * agent + 1] =
        drive * (this.#clip(agent, actions[at + 4]) - this.#clip(agent, actions[at + 3]));
      next += MOVES;
    }
    if (this.#talks[agent] === 0) return;
    const first = this.#scene.utteranceIndex(agent);
    for (let k = 0; k < words; k++) utterances[first + k] = this.#clip(agent, actions[next + k]);
  }

  #clip(agent: number, value: number): number {
    if (value >= 0) return Math.min(value, 1);
    if (value < 0) return 0;
    const { id, agents } = this.#task;
    throw new NonFiniteError(`${id}: an action of ${agents[agent].name} is NaN; give numbers from 0 to 1`);
  }
}
