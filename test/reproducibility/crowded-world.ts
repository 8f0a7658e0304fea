/**
 * Many agents that push each other under random forces, over several episodes: every bit of the physics in f64.
 * Short runs have few contacts and see the world through f32 observations, which hide most last bits.
 */
import { sha256 } from "../../src/formats/safetensors.ts";
import { cooperativeNavigation, Random, vectorise } from "../../src/index.ts";

const COPIES = 4;
const STEPS = 250;
const MOVES = 5;

/** SHA-256 over the states of all copies after each step. */
export async function printWorld(): Promise<string> {
  const environment = vectorise(cooperativeNavigation({ agents: 10 }), { copies: COPIES, seed: 1 });
  const random = Random.fromSeed(2);
  const lines: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    const { actions } = environment.batch;
    for (let i = 0; i < actions.length; i++) actions[i] = random.integer(MOVES);
    environment.step();
    for (let copy = 0; copy < COPIES; copy++) lines.push(JSON.stringify(environment.saveState(copy)));
  }
  return sha256(new TextEncoder().encode(lines.join("\n")));
}
