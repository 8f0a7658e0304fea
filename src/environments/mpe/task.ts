/** What each of the MPE tasks says about itself; environment.ts makes an environment of it. */
import type { Observer } from "./observer.ts";
import type { MpeScene } from "./scene.ts";

export interface MpeAgent {
  readonly name: string;
  readonly radius: number;
  /** Force of a full move. @defaultValue 5 */
  readonly drive?: number;
  /** @defaultValue Infinity */
  readonly maxSpeed?: number;
  /** @defaultValue true */
  readonly moves?: boolean;
  /** @defaultValue false */
  readonly collides?: boolean;
  /** Whether it says something at every step. @defaultValue false */
  readonly talks?: boolean;
  /** @defaultValue one that differs from those of its neighbours in the list */
  readonly color?: string;
}

export interface MpeLandmark {
  readonly radius: number;
  /** @defaultValue false */
  readonly collides?: boolean;
  /** It starts uniform in [−spread, spread)². @defaultValue 1 */
  readonly spread?: number;
  /** @defaultValue dark grey */
  readonly color?: string;
  /** Drawn as a ring. @defaultValue false */
  readonly outline?: boolean;
}

/** Bodies are numbered agents first, then landmarks; those that collide come before those that do not. */
export interface MpeTask {
  readonly id: string;
  readonly agents: readonly MpeAgent[];
  readonly landmarks: readonly MpeLandmark[];
  /** Numbers of an utterance. @defaultValue 0 */
  readonly words?: number;
  /** Secrets that an episode draws: an integer from 0 to n − 1 for each n. @defaultValue [] */
  readonly goals?: readonly number[];
  /** Numbers in each agent's observation. */
  readonly observationSizes: readonly number[];
  readonly metrics: readonly string[];
  rules(scene: MpeScene): MpeRules;
  /** Colours of bodies that depend on the goals, by number of the body. */
  readonly paint?: (goals: readonly number[]) => readonly (string | undefined)[];
}

/** What the copy that the scene has in focus pays and shows. Neither creates objects. */
export interface MpeRules {
  /** @param shares [agents], to be written @param measures [metrics], zeros */
  reward(shares: Float64Array, measures: Float64Array): void;
  observe(agent: number, observer: Observer): void;
}

/** `count` agents that differ in nothing but the number after the name. */
export function alike(count: number, name: string, agent: Omit<MpeAgent, "name">): MpeAgent[] {
  return Array.from({ length: count }, (_, i) => ({ name: `${name}_${i}`, ...agent }));
}
