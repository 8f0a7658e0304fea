/** Values, double-Q targets, loss and gradient of random episodes against QMIX in f64, written straight from its equations. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assembleEpisodes, unopened } from "../../../src/algorithms/qmix/assemble-episodes.ts";
import { padEpisodes } from "../../../src/algorithms/qmix/episode-batch.ts";
import { type QmixOptions, qmixSchema } from "../../../src/algorithms/qmix/options.ts";
import { evaluateBatch } from "../../../src/algorithms/qmix/team-learner.ts";
import { TeamNetworks } from "../../../src/algorithms/qmix/team-networks.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { unflatten } from "../../../src/nn/parameters.ts";
import { Random } from "../../../src/tensor/random.ts";
import { validate } from "../../../src/validation/validate.ts";
import { allClose, close } from "../../support/close.ts";
import {
  ownNetworks,
  type ReferenceOptions,
  sharedNetworks,
  targetsReference,
  valuesReference,
} from "../../support/qmix-reference.ts";
import { plainEpisodes, randomPlay, team } from "../../support/qmix-scene.ts";

const arena = createArena();
const small = { hiddenSize: 6, mixingSize: 5, hypernetSize: 7 };
const COPIES = 3;
const settings = (options: QmixOptions) => validate(qmixSchema, { ...small, ...options }, "options");

const cases = fc.record({
  seed: fc.nat(),
  options: fc.record({
    recurrent: fc.boolean(),
    agentId: fc.boolean(),
    lastAction: fc.boolean(),
    mixer: fc.constantFrom("qmix", "vdn"),
    sharing: fc.constantFrom("shared", "separate"),
    gamma: fc.double({ min: 0, max: 1, noNaN: true }),
  } as const),
});

/** A drawn problem, solved by the code: everything that the twin needs to solve it too. */
function solve(options: QmixOptions, seed: number) {
  const chosen = settings(options);
  const networks = new TeamNetworks(team, chosen);
  const random = Random.fromSeed(seed);
  const vectors = [0, 1].map((i) =>
    networks.initialize(random.derive("networks", i)).map((value) => 2 * value),
  );
  const [online, target] = vectors;
  const batch = randomPlay(COPIES, 12, seed);
  const open = new Array(COPIES).fill(unopened);
  const { finished } = assembleEpisodes(networks.rowLayout, open, batch, chosen);
  const padded = padEpisodes(networks.rowLayout, networks.groups, finished);
  const solved = arena.scope(() => {
    const places = vectors.map((vector) => arena.place(vector));
    const result = evaluateBatch(arena, networks, places[0], places[1], padded, chosen.gamma);
    return { ...result, gradient: arena.read(result.gradient, online.length) };
  });
  const twin: ReferenceOptions = {
    ...chosen,
    networks: chosen.sharing === "shared" ? sharedNetworks : ownNetworks,
  };
  return { chosen, networks, online, target, padded, solved, twin, episodes: plainEpisodes([batch]) };
}

/** The f64 vector cut into tensors by name. */
function named({ layout }: TeamNetworks, vector: Float64Array) {
  return Object.fromEntries(
    layout.entries.map(({ name, shape, offset }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [name, { shape, values: vector.slice(offset, offset + size) }];
    }),
  );
}

test("values and double-Q targets are the twin's: legal choices, absent agents, ends of both kinds, padding", () => {
  let [terminated, truncated] = [0, 0];
  fc.assert(
    fc.property(cases, ({ options, seed }) => {
      const { chosen, networks, online, target, padded, solved, twin, episodes } = solve(options, seed);
      fc.pre(episodes.length > 1);
      const [learning, judging] = [online, target].map((vector) => unflatten(networks.layout, vector));
      const expected = episodes.map((episode) => ({
        values: valuesReference(learning, twin, episode),
        targets: targetsReference(learning, judging, twin, episode, chosen.gamma),
      }));
      // Sums of some twenty terms: an error of f32 grows with the largest, mostly about 3 and rarely 80.
      const tolerance = (part: "values" | "targets") =>
        5e-6 * (1 + Math.max(...expected.flatMap((each) => each[part].map(Math.abs))));
      for (const [place, episode] of episodes.entries()) {
        const at = <T>(values: ArrayLike<T>) =>
          episode.actions.map((_, t) => values[t * episodes.length + place]);
        allClose(at(solved.values), expected[place].values, tolerance("values"), "value");
        allClose(at(solved.targets), expected[place].targets, tolerance("targets"), "target");
        const length = episode.actions.length;
        assert.equal(at(padded.filled), new Array(length).fill(1));
        if (length < padded.steps) assert.is(padded.filled[length * episodes.length + place], 0);
        if (episode.terminated) terminated++;
        else truncated++;
      }
      const errors = expected.flatMap(({ values, targets }) => values.map((value, t) => value - targets[t]));
      const loss = errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
      close(solved.loss, loss, 1e-4 * (1 + loss), "loss");
    }),
    { numRuns: 20 },
  );
  assert.ok(terminated > 20 && truncated > 20);
});

test("the gradient is that of the twin's loss by central differences, the targets held", () => {
  fc.assert(
    fc.property(cases, ({ options, seed }) => {
      const { chosen, networks, online, target, solved, twin, episodes } = solve(options, seed);
      fc.pre(episodes.length > 1);
      const [learning, judging] = [online, target].map((vector) => unflatten(networks.layout, vector));
      const targets = episodes.map((episode) =>
        targetsReference(learning, judging, twin, episode, chosen.gamma),
      );
      const lossAt = (vector: Float64Array): number => {
        const tensors = named(networks, vector);
        const errors = episodes.flatMap((episode, i) =>
          valuesReference(tensors, twin, episode).map((value, t) => value - targets[i][t]),
        );
        return errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
      };
      const random = Random.fromSeed(seed).derive("direction");
      const direction = Float64Array.from(online, () => random.normal());
      const moved = (step: number) => Float64Array.from(online, (value, i) => value + step * direction[i]);
      const step = 1e-6; // so small that hardly ever a kink lies between
      const slope = (lossAt(moved(step)) - lossAt(moved(-step))) / (2 * step);
      const found = solved.gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
      const length = Math.sqrt(solved.gradient.reduce((sum, value) => sum + value * value, 0));
      close(found, slope, 1e-3 * (1 + length), "directional derivative");
    }),
    { numRuns: 20 },
  );
});

test.run();
