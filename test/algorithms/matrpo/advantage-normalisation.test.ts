/** Every way to bring advantages to one scale, against its definition in f64, and what it lets cross the links. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type AdvantageNormalisation,
  normaliseAdvantages,
} from "../../../src/algorithms/matrpo/advantage-normalisation.ts";
import { gossipRounds } from "../../../src/algorithms/matrpo/gossip.ts";
import type { LinkMessage } from "../../../src/algorithms/matrpo/link.ts";
import { complete, line, ring, type Topology } from "../../../src/algorithms/matrpo/topology.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose, close, sameBits } from "../../support/close.ts";
import { normalMatrix } from "../../support/matrices.ts";
import { gossipLinks } from "../../support/neighbourhood.ts";

/** Agents with means and spreads of their own. */
function draw(agents: number, rows: number, seed: number): Float32Array[] {
  const random = Random.fromSeed(seed);
  return Array.from({ length: agents }, () => {
    const [mean, spread] = [10 * random.normal(), 0.1 + 3 * random.float()];
    return Float32Array.from(normalMatrix(random, rows, 1), (value) => mean + spread * value);
  });
}

interface Sent {
  readonly message: LinkMessage;
  readonly from: number;
}

function normalise(advantages: readonly Float32Array[], mode: AdvantageNormalisation, topology: Topology) {
  const sent: Sent[] = [];
  const links = gossipLinks(topology, (message, from) => sent.push({ message, from }));
  const rounds = gossipRounds(topology);
  const alive = advantages.map(({ length }) => new Uint8Array(length).fill(1));
  return { normalised: normaliseAdvantages(advantages, alive, mode, { links, rounds }), sent, rounds };
}

const average = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
const spreadAbout = (values: ArrayLike<number>, mean: number) =>
  average(Array.from(values, (value) => (value - mean) ** 2));

/** Mean and deviation for each agent, from everyone's numbers at once. */
const statistics: Record<AdvantageNormalisation, (all: Float32Array[], own: number) => [number, number]> = {
  common: (all, own) => [
    average(all[own]),
    Math.sqrt(average(all.map((each) => spreadAbout(each, average(each))))),
  ],
  global: (all) => {
    const pooled = all.flatMap((each) => [...each]);
    return [average(pooled), Math.sqrt(spreadAbout(pooled, average(pooled)))];
  },
  agent: (all, own) => [average(all[own]), Math.sqrt(spreadAbout(all[own], average(all[own])))],
  none: () => [0, 1],
};
const modes = Object.keys(statistics) as AdvantageNormalisation[];

const scenes = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 40 }), fc.nat());

for (const mode of modes) {
  test(`${mode}: (A − mean) / deviation with the statistics it names`, () => {
    fc.assert(
      fc.property(scenes, ([agents, rows, seed]) => {
        const advantages = draw(agents, rows, seed);
        const copies = advantages.map((own) => own.slice());
        const { normalised } = normalise(advantages, mode, complete(agents)); // one round is exact
        for (const [i, own] of advantages.entries()) {
          sameBits(own, copies[i], "what was given");
          assert.is.not(normalised[i], own);
          const [mean, deviation] = statistics[mode](copies, i);
          const expected = Array.from(own, (value) => (value - mean) / (deviation + 1e-8));
          allClose(
            normalised[i],
            expected,
            1e-6 * Math.max(10, ...expected.map(Math.abs)),
            `agent ${i}, row`,
          );
        }
      }),
      { numRuns: 60 },
    );
  });
}

test("common: every agent has mean zero, all share one scale, and the mean variance is one", () => {
  const advantages = draw(3, 500, 3);
  const { normalised } = normalise(advantages, "common", ring(3));
  const scales = normalised.map((own, i) => {
    close(average(own), 0, 1e-6, "mean");
    return (own[0] - own[1]) / (advantages[i][0] - advantages[i][1]);
  });
  allClose(scales, new Array(3).fill(scales[0]), 1e-5 * scales[0], "scale");
  close(average(normalised.map((own) => spreadAbout(own, 0))), 1, 1e-5, "mean variance");
  const own = normalised.map((values) => spreadAbout(values, 0));
  assert.ok(Math.max(...own) > 2 * Math.min(...own), "agents that gain more keep larger advantages");
});

test("on a sparse graph the common scale differs between agents by no more than gossip leaves", () => {
  const advantages = draw(5, 100, 8);
  const { normalised } = normalise(advantages, "common", line(5));
  const [, deviation] = statistics.common(advantages, 0);
  for (const [i, own] of normalised.entries()) {
    const scale = (own[0] - own[1]) / (advantages[i][0] - advantages[i][1]);
    close(scale * deviation, 1, 2e-3, `scale of agent ${i}`);
  }
});

const declared: Record<AdvantageNormalisation, readonly LinkMessage["kind"][]> = {
  common: ["advantage-scale"],
  global: ["advantage-mean", "advantage-scale"],
  agent: [],
  none: [],
};
for (const mode of modes) {
  test(`${mode}: what crosses is ${declared[mode].join(" and ") || "nothing"}, a scalar a round and direction`, () => {
    const advantages = draw(4, 30, 5);
    const topology = line(4);
    const { sent, rounds } = normalise(advantages, mode, topology);
    const perKind = 2 * topology.links.length * rounds;
    const kinds = sent.map(({ message }) => message.kind);
    assert.equal(
      kinds,
      declared[mode].flatMap((kind) => new Array(perKind).fill(kind)),
    );
    for (const { message } of sent) assert.equal(Object.keys(message), ["kind", "value"]);
    const first = sent.slice(0, 2 * topology.links.length);
    for (const { message, from } of first) {
      const own = average(advantages[from]);
      const statistic = mode === "global" ? own : spreadAbout(advantages[from], own);
      close((message as { value: number }).value, statistic, 1e-9 * (1 + Math.abs(statistic)), "first round");
    }
  });
}

test("constant advantages become zeros, not NaN", () => {
  const constant = [2.5, -1, 0].map((value) => new Float32Array(6).fill(value));
  for (const mode of ["common", "agent"] as const) {
    for (const own of normalise(constant, mode, ring(3)).normalised) {
      sameBits(own, new Float32Array(6), mode);
    }
  }
  const same = [1, 2, 3].map(() => new Float32Array(6).fill(0.75));
  for (const own of normalise(same, "global", ring(3)).normalised) {
    for (const value of own) close(value, 0, 1e-6, "global"); // the common mean is rounded, the divisor is 1e-8
  }
});

for (const mode of modes) {
  test(`${mode}: rows in which an agent is not there count for nothing and stay 0`, () => {
    const all = [Float32Array.of(1, 0, 3, 0), Float32Array.of(2, 5, 8, 5)];
    const alive = [Uint8Array.of(1, 0, 1, 0), Uint8Array.of(1, 1, 1, 1)];
    const links = () => gossipLinks(ring(2), () => {});
    const rounds = gossipRounds(ring(2));
    const [present, other] = normaliseAdvantages(all, alive, mode, { links: links(), rounds });
    const short = [Float32Array.of(1, 3), all[1]];
    const everybody = short.map(({ length }) => new Uint8Array(length).fill(1));
    const [expected, beside] = normaliseAdvantages(short, everybody, mode, { links: links(), rounds });
    sameBits(present, Float32Array.of(expected[0], 0, expected[1], 0));
    sameBits(other, beside);
  });
}

test.run();
