/** Answers that come late, and calls that fail beside them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ParallelEnv } from "../../src/environments/environment.ts";
import { fromParallel } from "../../src/environments/from-parallel.ts";
import { allReady } from "../../src/environments/maybe-promise.ts";
import { discrete } from "../../src/environments/spaces.ts";
import { rejects } from "../support/rejects.ts";

const later = (turns: number): Promise<void> =>
  turns === 0 ? Promise.resolve() : Promise.resolve().then(() => later(turns - 1));

function fails(name = "first"): never {
  throw new RangeError(name);
}

test("a failure is told when all have answered, the first of several", async () => {
  for (const early of [() => later(0).then(() => fails()), () => fails()]) {
    const answered: number[] = [];
    const calls = [
      early,
      () => later(5).then(() => void answered.push(1)),
      () => later(2).then(() => fails("second")),
    ];
    await rejects(() => allReady(calls, (call) => call()), RangeError, /first/);
    assert.equal(answered, [1]);
  }
});

test("calls that answer at once are never waited for, and all are made though one fails", () => {
  const made: number[] = [];
  assert.is(
    allReady([1, 2], (item) => void made.push(item)),
    undefined,
  );
  const failing = (item: number) => {
    made.push(item);
    if (item === 3) fails();
  };
  assert.throws(() => allReady([3, 4], failing), /first/);
  assert.equal(made, [1, 2, 3, 4]);
});

/** Episodes of five steps with a reward of 1 each. The copy `lost` fails once in step 3; the other ones answer late. */
function slowCopies(lost: number): () => ParallelEnv {
  const space = discrete(2);
  let made = 0;
  let failing = true;
  return () => {
    const copy = made++;
    let step = 0;
    let agents: string[] = [];
    return {
      possibleAgents: ["ann"],
      get agents() {
        return agents;
      },
      observationSpace: () => space,
      actionSpace: () => space,
      async reset() {
        step = 0;
        agents = ["ann"];
        return { observations: { ann: 0 } };
      },
      async step() {
        const now = ++step;
        if (copy === lost && now === 3 && failing) {
          failing = false;
          throw new RangeError("connection lost");
        }
        if (copy !== lost) await later(20);
        if (now === 5) agents = [];
        const [terminations, truncations] = [{ ann: now === 5 }, { ann: false }];
        return { observations: { ann: 0 }, rewards: { ann: 1 }, terminations, truncations };
      },
    };
  };
}

test("after a copy has failed, episodes begin anew in all copies, whatever was on its way", async () => {
  const env = fromParallel(slowCopies(0), { copies: 2 });
  await env.reset();
  await rejects(
    async () => {
      for (;;) await env.step();
    },
    RangeError,
    /connection lost/,
  );
  await env.reset();
  for (let step = 0; step < 5; step++) await env.step();
  assert.equal([...env.batch.terminated], [1, 1]);
  assert.equal([...env.batch.episodeLengths], [5, 5]);
  assert.equal([...env.batch.episodeReturns], [5, 5]);
});

test.run();
