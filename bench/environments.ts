/** Steps a second of the built-in environments on one core: every agent acts, observes and is rewarded. */
import { makeEnvironment } from "../src/environments/registry.ts";
import { vectorise } from "../src/environments/vectorise.ts";
import { Random } from "../src/tensor/random.ts";
import { digits, type Progress, type Section } from "./support/section.ts";
import { milliseconds } from "./support/timing.ts";

/** Joint steps that one timed call makes. */
const STEPS = 10_000;

/** Milliseconds for STEPS steps of random play, autoreset included. */
function measurePlay(id: string, agents: number, copies: number): number {
  const env = vectorise(makeEnvironment(id, { agents }), { copies, seed: 1 });
  const random = Random.fromSeed("choices");
  const choices = Int32Array.from({ length: 64 * copies * agents }, () => random.integer(5));
  const call = () => {
    for (let step = 0; step < STEPS / copies; step++) {
      const first = (step % 64) * copies * agents;
      for (let i = 0; i < env.batch.actions.length; i++) env.batch.actions[i] = choices[first + i];
      env.step();
    }
  };
  return milliseconds(call);
}

const sizes = {
  "particle/cooperative-navigation": [3, 6, 10],
  "particle/treasure-collection": [8, 12],
};
const settings = Object.entries(sizes).flatMap(([id, numbers]) =>
  numbers.flatMap((agents) => [1, 100].map((copies) => [id, agents, copies] as const)),
);

export async function measure(progress: Progress): Promise<Section> {
  const columns = ["environment", "agents", "copies", "M steps/s", "M agent steps/s"];
  progress(columns);
  const rows = settings.map(([id, agents, copies]) => {
    const rate = STEPS / measurePlay(id, agents, copies) / 1000;
    const row = [id, `${agents}`, `${copies}`, digits(rate), digits(rate * agents)];
    progress(row);
    return row;
  });
  return {
    title: "Environments",
    introduction:
      "Random play with physics, contacts, rewards, observations and autoreset; one step moves all agents of one copy.",
    columns,
    rows,
  };
}
