/** Episodes out of batches, over iterations and gaps; the ring of the replay memory; what it saves. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  assembleEpisodes,
  type OpenEpisode,
  unopened,
} from "../../../src/algorithms/qmix/assemble-episodes.ts";
import { type Episode, RowLayout } from "../../../src/algorithms/qmix/episode.ts";
import { Replay } from "../../../src/algorithms/qmix/replay.ts";
import type { Batch } from "../../../src/rollouts/batch.ts";
import { Random } from "../../../src/tensor/random.ts";
import { close } from "../../support/close.ts";
import {
  choices,
  heads,
  type PlainEpisode,
  plainEpisodes,
  randomPlay,
  team,
} from "../../support/qmix-scene.ts";
import { refuses } from "../../support/refuses.ts";

const layout = new RowLayout(team);
const rules = { teamReward: "sum", timeLimits: "bootstrap" } as const;
const COPIES = 3;

/** Batches that go on where the one before ended, and the episodes that the code finds in them. */
function playOn(
  seed: number,
  lengths: readonly number[],
  options: Parameters<typeof assembleEpisodes>[3] = rules,
) {
  let open: readonly OpenEpisode[] = new Array(COPIES).fill(unopened);
  const batches: Batch[] = [];
  const finished: Episode[] = [];
  for (const [i, steps] of lengths.entries()) {
    const begun = open.map(({ rows }) => rows.length / layout.width);
    const batch = randomPlay(COPIES, steps, seed + i, begun);
    const assembled = assembleEpisodes(layout, open, batch, options);
    batches.push(batch);
    finished.push(...assembled.finished);
    open = assembled.open;
  }
  return { batches, finished, open };
}

/** An episode as plain objects, the rewards of the team. */
function decode({ rows, length, terminated }: Episode) {
  const numbers = (row: number, from: number, size: number) => [
    ...rows.subarray(row * layout.width + from, row * layout.width + from + size),
  ];
  const steps = Array.from({ length }, (_, row) => row);
  return {
    moments: [...steps, length].map((row) => ({
      observations: team.observationSizes.map((size, i) => numbers(row, layout.observations[i], size)),
      masks: choices.map((count, i) =>
        Array.from({ length: count }, (_, k) => Number(layout.isLegal(rows, row, i, k))),
      ),
      alive: team.agents.map((_, i) => Number(layout.isAlive(rows, row, i))),
      state: numbers(row, layout.state, team.stateSize),
    })),
    actions: steps.map((row) => numbers(row, layout.actions, heads.length)),
    rewards: steps.map((row) => numbers(row, layout.reward, 1)[0]),
    terminated,
  };
}

const teamReward = (rewards: readonly number[], divisor = 1) =>
  Math.fround(rewards.reduce((sum, value) => sum + value, 0) / divisor);
const expected = (episode: PlainEpisode, divisor = 1) => ({
  ...episode,
  rewards: episode.rewards.map((rewards) => teamReward(rewards, divisor)),
});

test("episodes that straddle batches are found whole, with everything of every step", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      (seed, lengths) => {
        const { batches, finished } = playOn(seed, lengths);
        assert.equal(
          finished.map(decode),
          plainEpisodes(batches).map((episode) => expected(episode)),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test("the team is paid the mean, and time limits count as ends, when so asked", () => {
  const { batches, finished } = playOn(5, [40], { teamReward: "mean", timeLimits: "terminal" });
  const plain = plainEpisodes(batches);
  assert.ok(plain.some(({ terminated }) => !terminated));
  assert.equal(
    finished.map(decode),
    plain.map((episode) => ({ ...expected(episode, 3), terminated: true })),
  );
});

test("after a gap the episode at hand is left out, and the next ones are whole", () => {
  const { open } = playOn(11, [3]);
  assert.ok(open.some(({ rows }) => rows.length > 0));
  const begun = open.map(({ rows }) => rows.length / layout.width + 2);
  const batch = randomPlay(COPIES, 30, 12, begun);
  const { finished } = assembleEpisodes(layout, open, batch, rules);
  const whole = plainEpisodes([batch]);
  /** The first end of each copy ends an episode whose beginning is not in the batch. */
  const firstEnds = new Set<number>();
  const kept = whole.filter((_, i) => {
    const ends = [...batch.cuts].filter((row) => batch.terminated[row] + batch.truncated[row] > 0);
    const copy = Math.floor(ends[i] / batch.steps);
    if (firstEnds.has(copy)) return true;
    firstEnds.add(copy);
    return false;
  });
  assert.is(firstEnds.size, COPIES);
  assert.equal(
    finished.map(decode),
    kept.map((episode) => expected(episode)),
  );
});

test("copies that begin anew throw away what was open", () => {
  const { open } = playOn(11, [3]);
  const batch = randomPlay(COPIES, 30, 12);
  const { finished } = assembleEpisodes(layout, open, batch, rules);
  assert.equal(
    finished.map(decode),
    plainEpisodes([batch]).map((episode) => expected(episode)),
  );
});

test("copies that there were not before are played like all others", () => {
  const batch = randomPlay(COPIES, 30, 12);
  const { finished, open } = assembleEpisodes(layout, [unopened], batch, rules);
  assert.is(open.length, COPIES);
  assert.equal(
    finished.map(decode),
    plainEpisodes([batch]).map((episode) => expected(episode)),
  );
});

/** Episodes that can be told apart by their lengths. */
const numbered = (from: number, count: number): Episode[] =>
  Array.from({ length: count }, (_, i) => ({
    rows: new Float32Array((from + i + 2) * layout.width).fill(from + i),
    length: from + i + 1,
    terminated: i % 2 === 0,
  }));

test("the memory holds the newest episodes, oldest first, and older memories stay as they were", () => {
  const first = new Replay(5).with(numbered(0, 3));
  const second = first.with(numbered(3, 4));
  assert.equal(
    first.episodes.map(({ length }) => length),
    [1, 2, 3],
  );
  assert.equal(
    second.episodes.map(({ length }) => length),
    [3, 4, 5, 6, 7],
  );
  assert.is(second.with(numbered(7, 9)).episodes.length, 5);
});

test("samples are of different episodes, all equally likely", () => {
  const replay = new Replay(10).with(numbered(0, 10));
  const random = Random.fromSeed(2);
  const counts = new Array(11).fill(0);
  const draws = 4_000;
  for (let i = 0; i < draws; i++) {
    const sample = replay.sample(4, random);
    assert.is(new Set(sample).size, 4);
    for (const { length } of sample) counts[length]++;
  }
  // Four standard deviations of a share of 4,000 draws are 0.031.
  for (let k = 1; k <= 10; k++) close(counts[k] / draws, 0.4, 0.031, `episode ${k}`);
  assert.is(new Set(replay.sample(10, random)).size, 10);
});

test("a memory that is saved and loaded holds the same; other widths are refused", () => {
  const { finished } = playOn(21, [40, 10]);
  const replay = new Replay(6).with(finished);
  const saved = replay.save(layout.width);
  assert.equal(Replay.load(6, layout.width, saved), replay);
  assert.equal(Replay.load(6, layout.width, new Replay(6).save(layout.width)).episodes, []);
  refuses(() => Replay.load(6, layout.width + 1, saved), "replay memory", "6 episodes");
});

test("a memory of more episodes than a call may have arguments is saved and loaded", () => {
  const episode = { rows: Float32Array.of(1, 2, 3, 4), length: 1, terminated: true };
  const replay = new Replay(1_000_000, new Array(200_000).fill(episode));
  const saved = replay.save(2);
  assert.equal(saved.rows.shape, [400_000, 2]);
  const { episodes } = Replay.load(1_000_000, 2, saved);
  assert.is(episodes.length, 200_000);
  assert.equal(episodes[199_999], episode);
});

test.run();
