/**
 * Steps against those of the original program, MPE2 1.1.0 at commit dbd68d2: fixed starts, crowded for most,
 * and scripted random actions. "velocity-first" ran with the integrator of OpenAI's core.py at 83ba4d1.
 */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { MpeState } from "../../../src/environments/mpe/saved-state.ts";
import { environments, makeEnvironment } from "../../../src/environments/registry.ts";
import { vectorise } from "../../../src/environments/vectorise.ts";
import { allClose } from "../../support/close.ts";

interface GoldenCase {
  readonly options: object;
  readonly agents: readonly string[];
  readonly start: MpeState;
  /** [steps + 1, agents, size], rounded to 7 decimals. */
  readonly observations: readonly (readonly (readonly number[])[])[];
  /** [steps, agents], one number or a list. */
  readonly actions: readonly (readonly (number | readonly number[])[])[];
  /** [steps, agents]. */
  readonly rewards: readonly (readonly number[])[];
}

const tasks = Object.keys(environments).filter((id) => id.startsWith("mpe/"));

function readCases(id: string): GoldenCase[] {
  const url = new URL(`../../golden/${id}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as GoldenCase[];
}

function replay(id: string, { options, agents, start, observations, actions, rewards }: GoldenCase): void {
  // Copy 1 of 2, so that a wrong stride shows.
  const env = vectorise(makeEnvironment(id, options), { copies: 2, seed: 1 });
  const { observationSize, actionSize, stateSize } = env.spec;
  const { batch } = env;
  assert.equal([...env.spec.agents], agents);
  assert.equal(
    env.spec.observationSizes,
    observations[0].map((seen) => seen.length),
  );
  env.loadState(1, { state: start });
  const compare = (step: number) => {
    const where = `${id} ${JSON.stringify(options)} step ${step}`;
    for (const [i, expected] of observations[step].entries()) {
      const first = (agents.length + i) * observationSize;
      // Half a unit of the 7th decimal, and rounding to f32 of numbers below 4.
      const seen = batch.observations.subarray(first, first + expected.length);
      allClose(seen, expected, 1e-6, `${where}: observation of ${agents[i]}`);
      const padding = batch.observations.subarray(first + expected.length, first + observationSize);
      assert.ok(padding.every((x) => x === 0));
    }
    allClose(batch.state.subarray(stateSize), observations[step].flat(), 1e-6, `${where}: state`);
  };
  compare(0);
  for (const [step, choice] of actions.entries()) {
    for (const [i, action] of choice.entries())
      batch.actions.set([action].flat(), (agents.length + i) * actionSize);
    env.step();
    compare(step + 1);
    const found = batch.rewards.subarray(agents.length);
    allClose(found, rewards[step], 1e-5, `${id} ${JSON.stringify(options)} step ${step + 1}: reward`);
  }
}

for (const id of tasks) {
  test(`${id} steps, shows and pays as MPE2 does`, () => {
    for (const golden of readCases(id)) replay(id, golden);
  });
}

test("every task is covered, with discrete and continuous actions", () => {
  assert.is(tasks.length, 9);
  for (const id of tasks) {
    const modes = readCases(id).map(({ options }) => "actions" in options);
    assert.ok(modes.includes(true) && modes.includes(false), id);
  }
});

test.run();
