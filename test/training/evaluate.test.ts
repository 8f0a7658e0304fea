/** Evaluation: right statistics, no favour for short episodes, and an algorithm that is as it was. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { vectorise } from "../../src/environments/vectorise.ts";
import { evaluate, statistic } from "../../src/training/evaluate.ts";
import { makeLearner } from "../../src/training/setup.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { close } from "../support/close.ts";
import { countingCopies, countingEnvironment } from "../support/counting-environment.ts";
import { fakeCatalogue, fakeConfig } from "../support/fake-run.ts";
import { rejects } from "../support/rejects.ts";

const algorithm = () => makeLearner(fakeConfig(), fakeCatalogue).algorithm;

test("mean and standard error are those of a sample", () => {
  const { mean, standardError } = statistic([1, 2, 4, 5]);
  assert.is(mean, 3);
  close(standardError ?? Number.NaN, Math.sqrt(10 / 3 / 4), 1e-15);
  assert.equal(statistic([7]), { mean: 7, standardError: null });
});

test("each copy plays its share whole, so that long episodes count as often as short ones", async () => {
  const { episodes, length, agentReturns } = await evaluate(algorithm(), (n) => countingCopies(n), {
    episodes: 250,
  });
  assert.is(episodes, 250);
  const copies = vectorise(countingEnvironment, { copies: 100 });
  copies.reset(1);
  const left = Array.from({ length: 100 }, (_, copy) => (copy < 50 ? 3 : 2));
  const lengths: number[] = [];
  while (lengths.length < 250) {
    copies.step();
    for (let copy = 0; copy < 100; copy++) {
      if (copies.batch.terminated[copy] + copies.batch.truncated[copy] === 0 || left[copy]-- <= 0) continue;
      lengths.push(copies.batch.episodeLengths[copy]);
    }
  }
  close(length.mean, statistic(lengths).mean, 1e-12);
  close(agentReturns.a.mean, statistic(lengths.map((n) => (n * (n + 1)) / 2)).mean, 1e-12);
});

test("the same seed gives the same result, and the algorithm does not change", async () => {
  const subject = algorithm();
  const before = structuredClone(subject.save());
  const first = await evaluate(subject, (n) => countingCopies(n), { episodes: 9 });
  assert.equal(subject.save(), before);
  assert.equal(await evaluate(subject, (n) => countingCopies(n, { slow: true }), { episodes: 9 }), first);
  assert.not.equal(await evaluate(subject, (n) => countingCopies(n), { episodes: 9, seed: 2 }), first);
});

test("the likeliest actions are taken unless sampled ones are asked for", async () => {
  const play = (deterministic?: boolean) =>
    evaluate(algorithm(), (n) => countingCopies(n), {
      episodes: 9,
      ...(deterministic === undefined ? {} : { deterministic }),
    });
  assert.equal(await play(), await play(true));
  assert.not.equal(await play(), await play(false));
});

test("an impossible number of episodes or seed is refused", async () => {
  for (const episodes of [0, -1, 1.5, Number.NaN]) {
    await rejects(
      () => evaluate(algorithm(), (n) => countingCopies(n), { episodes }),
      InvalidInputError,
      /episodes is/,
    );
  }
  for (const seed of ["1", -1] as number[]) {
    const wrong = () => evaluate(algorithm(), (n) => countingCopies(n), { episodes: 2, seed });
    await rejects(wrong, InvalidInputError, /seed is/);
  }
});

test("episodes that never end are refused, saying how to end them", async () => {
  const endless = (copies: number) =>
    countingCopies(copies, { spoil: ({ terminated, truncated }) => terminated.fill(0) && truncated.fill(0) });
  const short = () => evaluate(algorithm(), endless, { episodes: 2, longestEpisode: 50 });
  await rejects(short, InvalidInputError, /test\/counting: no episode ended in 50 steps\. .*episodeLimit/);
  // Episodes have 2 to 5 steps; 20 of them one after another are longer than 5.
  const { episodes } = await evaluate(algorithm(), () => countingCopies(1), {
    episodes: 20,
    longestEpisode: 5,
  });
  assert.is(episodes, 20);
});

test("the environment is closed, also when it fails", async () => {
  let closed = 0;
  const make = (fails: boolean) => (copies: number) => {
    const environment = countingCopies(copies);
    const step = fails ? () => Promise.reject(new Error("broken")) : environment.step;
    return { ...environment, step, close: () => void closed++ };
  };
  await evaluate(algorithm(), make(false), { episodes: 2 });
  await rejects(() => evaluate(algorithm(), make(true), { episodes: 2 }), Error, /broken/);
  assert.is(closed, 2);
});

test.run();
