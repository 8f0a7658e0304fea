/** The local Lagrangian against its definition in f64, and the consensus target as its slope at the old policy. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  ConsensusMember,
  type ConsensusTerms,
  rememberLink,
} from "../../../src/algorithms/matrpo/consensus.ts";
import { connect } from "../../../src/algorithms/matrpo/link.ts";
import { lagrangian } from "../../../src/algorithms/trust-region/lagrangian.ts";
import { createArena } from "../../../src/kernels/arena.ts";
import { Random } from "../../../src/tensor/random.ts";
import { allClose, close } from "../../support/close.ts";
import { normalMatrix } from "../../support/matrices.ts";
import { fixedSolver } from "../../support/policy-scene.ts";

const arena = createArena();

interface Scene {
  readonly samples: number;
  /** Components a sample: heads, or 1 in joint mode. */
  readonly perSample: number;
  readonly penalty: number;
  /** [samples]. */
  readonly advantages: Float32Array;
  readonly links: readonly {
    readonly sign: 1 | -1;
    readonly mean: Float32Array;
    readonly dual: Float32Array;
  }[];
  readonly ratios: Float32Array;
}

const scenes = fc
  .record({
    samples: fc.integer({ min: 1, max: 9 }),
    perSample: fc.integer({ min: 1, max: 4 }),
    links: fc.integer({ min: 0, max: 3 }),
    penalty: fc.constantFrom(0.1, 1, 10),
    seed: fc.nat(),
  })
  .map(({ samples, perSample, links, penalty, seed }): Scene => {
    const random = Random.fromSeed(seed);
    const normals = (n: number, scale = 1) =>
      Float32Array.from(normalMatrix(random, n, 1), (value) => scale * value);
    const components = samples * perSample;
    return {
      samples,
      perSample,
      penalty,
      advantages: normals(samples),
      links: Array.from({ length: links }, () => ({
        sign: random.float() < 0.5 ? 1 : -1,
        mean: normals(components, 0.3),
        dual: normals(components),
      })),
      ratios: normals(components, 0.5),
    };
  });

function place({ samples, perSample, penalty, advantages, links }: Scene): ConsensusTerms {
  const components = samples * perSample;
  const repeated = Float32Array.from({ length: components }, (_, m) => advantages[Math.floor(m / perSample)]);
  return {
    advantages: arena.place(repeated),
    components,
    samples,
    penalty,
    links: links.map(({ sign, mean, dual }) => {
      const memory = rememberLink(arena, connect(0, 1)[0], sign, components, 0);
      arena.f32(memory.mean, components).set(mean);
      arena.f32(memory.dual, components).set(dual);
      return memory;
    }),
  };
}

/** −(1/B) Σ_b Â_b exp(Σₘ ℓ_bm) + (1/B) Σₑ [C pₑᵀℓ + (ρ/2) ‖ℓ − meanₑ‖²]. */
function definition(scene: Scene, ratios: ArrayLike<number>): number {
  const { samples, perSample, penalty, advantages, links } = scene;
  let sum = 0;
  for (const [b, advantage] of advantages.entries()) {
    let joint = 0;
    for (let head = 0; head < perSample; head++) joint += ratios[b * perSample + head];
    sum -= advantage * Math.exp(joint);
  }
  for (const { sign, mean, dual } of links) {
    for (let m = 0; m < samples * perSample; m++) {
      sum += sign * dual[m] * ratios[m] + (penalty / 2) * (ratios[m] - mean[m]) ** 2;
    }
  }
  return sum / samples;
}

const at = (terms: ConsensusTerms, ratios: Float32Array) =>
  arena.scope(() => lagrangian(arena, terms, arena.place(ratios)));

/** What the consensus asks of the θ-step: v and k. */
function wish(terms: ConsensusTerms): { target: Float32Array; k: number } {
  const solver = fixedSolver(arena, new Float32Array(0), 0);
  new ConsensusMember(arena, "agent_0", terms, solver).solve();
  const [[target, k]] = solver.asked;
  return { target: arena.read(target, terms.components), k };
}

/** Runs body on 200 scenes. */
const forScenes = (body: (scene: Scene, terms: ConsensusTerms) => void) =>
  fc.assert(
    fc.property(scenes, (scene) => arena.scope(() => body(scene, place(scene)))),
    { numRuns: 200 },
  );

test("it is its definition, per head and joint, for any number of links", () => {
  forScenes((scene, terms) => {
    const expected = definition(scene, scene.ratios);
    close(at(terms, scene.ratios), expected, 1e-11 * (1 + Math.abs(expected)));
  });
});

test("without log-ratios it is the value at the old policy", () => {
  forScenes((scene, terms) => {
    const zeros = new Float32Array(terms.components);
    assert.is(lagrangian(arena, terms), at(terms, zeros));
    close(lagrangian(arena, terms), definition(scene, zeros), 1e-12 * scene.penalty * 100);
  });
});

test("its slope at the old policy is −v/B: the linear model of the θ-step is its tangent", () => {
  const step = 2 ** -10;
  forScenes((scene, terms) => {
    const { target } = wish(terms);
    const slope = Array.from(target, (_, m) => {
      const moved = new Float32Array(terms.components);
      moved[m] = step;
      const ahead = at(terms, moved);
      moved[m] = -step;
      return (ahead - at(terms, moved)) / (2 * step);
    });
    // Differences leave Â step²/6; v is rounded to f32 once a link.
    allClose(
      target.map((value) => -value / terms.samples),
      slope,
      5e-6 * (1 + scene.penalty),
      "slope",
    );
  });
});

test("the target of the θ-step is v = a − Σ(C p − ρ mean), and k is ρ times the number of links", () => {
  forScenes((scene, terms) => {
    const { target, k } = wish(terms);
    const expected = Array.from(target, (_, m) =>
      scene.links.reduce(
        (sum, { sign, mean, dual }) => sum - sign * dual[m] + scene.penalty * mean[m],
        scene.advantages[Math.floor(m / scene.perSample)],
      ),
    );
    allClose(target, expected, 2e-6 * (3 + scene.penalty), "target");
    assert.is(k, scene.penalty * scene.links.length);
  });
});

test("without advantages the quadratic model is exact: L(ℓ) − L(0) = (−vᵀℓ + (k/2)‖ℓ‖²) / B", () => {
  forScenes((scene, terms) => {
    arena.f32(terms.advantages, terms.components).fill(0);
    const { target, k } = wish(terms);
    const model = scene.ratios.reduce((sum, ratio, m) => sum + ratio * ((k / 2) * ratio - target[m]), 0);
    const change = at(terms, scene.ratios) - lagrangian(arena, terms);
    close(change, model / terms.samples, 2e-5 * (1 + scene.penalty), "change"); // v is f32
  });
});

test.run();
