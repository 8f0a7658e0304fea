/** What must not change when the plane is mirrored, or when agents that are alike change places. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { MpeState } from "../../../src/environments/mpe/saved-state.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose } from "../../support/close.ts";
import { act, mpe, mpeTasks, seenBy, stage } from "../../support/mpe.ts";
import { actRandomly } from "../../support/random-play.ts";

type Point = readonly [number, number];
type Mirror = (point: Point) => Point;

/** Adding 0 makes 0 of −0. */
const mirrors: readonly (readonly [Mirror, readonly number[]])[] = [
  [([x, y]) => [0 - x, y], [0, 2, 1, 3, 4]],
  [([x, y]) => [y, x], [0, 3, 4, 1, 2]],
];

function mirrored(state: MpeState, mirror: Mirror): MpeState {
  const all = (points: readonly Point[]) => points.map(mirror);
  const { positions, velocities, landmarks } = state;
  return {
    ...state,
    positions: all(positions),
    velocities: all(velocities),
    landmarks: all(landmarks),
  };
}

/** Closer together, so that more happens. */
const crowd = (state: MpeState): MpeState => {
  const closer = (points: readonly Point[]) => points.map(([x, y]): Point => [x * 0.4, y * 0.4]);
  return { ...state, positions: closer(state.positions), landmarks: closer(state.landmarks) };
};

const start = (id: string, seed: number): MpeState => crowd(mpe(id, {}, 1, seed).saveState(0).state);

test("a mirrored world with mirrored moves pays the same, to the bit, and stays a mirror image", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...mpeTasks),
      fc.nat(1e6),
      fc.constantFrom(...mirrors),
      (id, seed, [mirror, moves]) => {
        const env = stage(id, start(id, seed));
        const image = stage(id, mirrored(start(id, seed), mirror));
        const random = Random.fromSeed(seed);
        for (let step = 0; step < 10; step++) {
          actRandomly(env, random);
          for (const [agent, action] of env.batch.actions.entries()) {
            const move = action % 5;
            const walks = env.spec.headSizes[agent][0] % 5 === 0;
            image.batch.actions[agent] = walks ? action - move + moves[move] : action;
          }
          env.step();
          image.step();
          assert.equal([...image.batch.rewards], [...env.batch.rewards], id);
          const expected = mirrored(env.saveState(0).state, mirror);
          allClose(numbers(image.saveState(0).state), numbers(expected), 1e-12, `${id} state`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

const numbers = ({ positions, velocities, landmarks }: MpeState): number[] =>
  [positions, velocities, landmarks].flat(2);

/** Alike agents of a task: they may change places. */
const alike: Readonly<Record<string, readonly number[]>> = {
  "mpe/simple-spread": [0, 1, 2],
  "mpe/simple-tag": [0, 1, 2],
  "mpe/simple-adversary": [1, 2],
  "mpe/simple-world-comm": [1, 2, 3],
};

test("agents that are alike and change places change rewards and observations with them", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(alike)), fc.nat(1e6), fc.nat(5), (id, seed, turn) => {
      const state = start(id, seed);
      const all = state.positions.map((_, agent) => agent);
      const members = alike[id];
      const shift = 1 + (turn % (members.length - 1));
      const taken = all.map((agent) => {
        const k = members.indexOf(agent);
        return k < 0 ? agent : members[(k + shift) % members.length];
      });
      const swap = <T>(list: readonly T[]): T[] => taken.map((agent) => list[agent]);
      const env = stage(id, state);
      const other = stage(id, {
        ...state,
        positions: swap(state.positions),
        velocities: swap(state.velocities),
      });
      const random = Random.fromSeed(seed);
      for (let step = 0; step < 5; step++) {
        actRandomly(env, random);
        const rewards = act(other, swap([...env.batch.actions]));
        env.step();
        // Contacts add up in another order: some roundings of f64, amplified a thousandfold by each contact.
        allClose(rewards, swap([...env.batch.rewards]), 1e-5, id);
        for (const agent of all)
          allClose(seenBy(other, agent).slice(0, 4), seenBy(env, taken[agent]).slice(0, 4), 1e-5, id);
      }
    }),
    { numRuns: 60 },
  );
});

test.run();
