/**
 * What is paid and seen in MPE simple world comm. An agent is in a forest when the two discs touch.
 * Observation: [v, p, landmarks − p, others − p], then adversaries [velocities of the good agents, in forest,
 * what the leader said], good agents [in forest, velocities of the other good agents]; "in forest" is ±1
 * each. Another agent is hidden (offset and velocity 0) unless both are in one forest, or both in none, or
 * the observer is the leader.
 */
import type { Observer } from "./observer.ts";
import { boundaryCost, contacts } from "./pursuit.ts";
import type { MpeScene } from "./scene.ts";
import type { MpeRules } from "./task.ts";

const LEADER = 0;
const TAG = 5;
const MEAL = 2;
const OUTSIDE = 2;
const HUNT = 0.1;
const HUNGER = 0.05;

export interface WorldCommCounts {
  readonly goodAgents: number;
  readonly adversaries: number;
  readonly obstacles: number;
  readonly food: number;
  readonly forests: number;
}

export class WorldCommRules implements MpeRules {
  readonly #scene: MpeScene;
  readonly #adversaries: number;
  /** Numbers of the first food, the first forest and the end of the forests among the bodies. */
  readonly #firstFood: number;
  readonly #firstForest: number;
  readonly #bodies: number;

  constructor(scene: MpeScene, { adversaries, obstacles, food, forests }: WorldCommCounts) {
    this.#scene = scene;
    this.#adversaries = adversaries;
    this.#firstFood = scene.landmark(obstacles);
    this.#firstForest = this.#firstFood + food;
    this.#bodies = this.#firstForest + forests;
  }

  reward(shares: Float64Array, measures: Float64Array): void {
    const scene = this.#scene;
    const { agents } = scene;
    const adversaries = this.#adversaries;
    for (let good = adversaries; good < agents; good++) {
      const tags = contacts(scene, good, 0, adversaries);
      const meals = contacts(scene, good, this.#firstFood, this.#firstForest);
      const cost = boundaryCost(scene, good);
      const hunger = HUNGER * scene.nearest(good, this.#firstFood, this.#firstForest);
      shares[good] = -TAG * tags - OUTSIDE * cost + MEAL * meals - hunger;
      measures[0] += tags;
      measures[1] += meals;
      measures[2] += cost;
    }
    for (let i = 0; i < adversaries; i++)
      shares[i] = TAG * measures[0] - HUNT * scene.nearest(i, adversaries, agents);
  }

  observe(agent: number, see: Observer): void {
    see.velocity(agent);
    see.position();
    see.landmarks();
    this.#showOthers(agent, see);
    if (agent >= this.#adversaries) {
      this.#showForests(agent, see);
      this.#showVelocities(agent, see);
      return;
    }
    this.#showVelocities(agent, see);
    this.#showForests(agent, see);
    see.utterance(LEADER);
  }

  #showOthers(agent: number, see: Observer): void {
    for (let other = 0; other < this.#scene.agents; other++) {
      if (other === agent) continue;
      if (this.#sees(agent, other)) see.offset(other);
      else see.zeros(2);
    }
  }

  #showVelocities(agent: number, see: Observer): void {
    for (let good = this.#adversaries; good < this.#scene.agents; good++) {
      if (good === agent) continue;
      if (this.#sees(agent, good)) see.velocity(good);
      else see.zeros(2);
    }
  }

  #showForests(agent: number, see: Observer): void {
    for (let forest = this.#firstForest; forest < this.#bodies; forest++)
      see.number(this.#scene.touch(agent, forest) ? 1 : -1);
  }

  #sees(agent: number, other: number): boolean {
    let hidden = false;
    for (let forest = this.#firstForest; forest < this.#bodies; forest++) {
      const here = this.#scene.touch(agent, forest);
      const there = this.#scene.touch(other, forest);
      if (here && there) return true;
      if (here || there) hidden = true;
    }
    return !hidden || agent === LEADER;
  }
}
