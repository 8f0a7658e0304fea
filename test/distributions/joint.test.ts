/** Heads of unequal size against f64 formulas and finite differences. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { categorical } from "../../src/distributions/categorical.ts";
import { JointCategorical } from "../../src/distributions/joint.ts";
import type { Pointer } from "../../src/kernels/abi.ts";
import { createArena } from "../../src/kernels/arena.ts";
import { Random } from "../../src/tensor/random.ts";
import { InvalidInputError } from "../../src/validation/errors.ts";
import { allClose, close, sameBits } from "../support/close.ts";
import { actionIndices, entropies, klDivergences, logSoftmaxReference } from "../support/heads-reference.ts";
import { dot, minus, normalMatrix } from "../support/matrices.ts";

const arena = createArena();
const cases = {
  sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  rows: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(),
};

interface Drawn {
  readonly joint: JointCategorical;
  readonly rows: number;
  readonly random: Random;
  readonly logits: Float32Array;
  readonly actions: Int32Array;
}

/** Runs body in a scope with logits of standard deviation 2 and uniformly random actions. */
function withDrawn(
  { sizes, rows, seed }: { readonly sizes: readonly number[]; readonly rows: number; readonly seed: number },
  body: (drawn: Drawn) => void,
): void {
  const random = Random.fromSeed(seed);
  arena.scope(() => {
    const joint = new JointCategorical(arena, sizes);
    const logits = Float32Array.from(normalMatrix(random, rows, joint.width), (value) => 2 * value);
    const actions = Int32Array.from({ length: rows * joint.heads }, (_, i) =>
      random.integer(sizes[i % joint.heads]),
    );
    body({ joint, rows, random, logits, actions });
  });
}

/** What `write` leaves in n fresh floats. */
function produced(n: number, write: (out: Pointer) => void): Float32Array {
  return arena.scope(() => {
    const out = arena.allocateF32(n);
    write(out);
    return arena.read(out, n);
  });
}

function placed(joint: JointCategorical, logits: Float32Array, rows: number) {
  const logProbs = arena.allocateF32(logits.length);
  joint.logSoftmax(arena.place(logits), logProbs, rows);
  const probs = arena.allocateF32(logits.length);
  joint.probabilities(logProbs, probs, rows);
  return { logProbs, probs };
}

const property = (body: (drawn: Drawn) => void) =>
  fc.assert(
    fc.property(fc.record(cases), (settings) => withDrawn(settings, body)),
    { numRuns: 60 },
  );

test("log-softmax, probabilities, gathered values, entropy and KL equal the f64 formulas", () => {
  property(({ joint, rows, random, logits, actions }) => {
    const other = logits.map((value) => value + random.normal());
    const expected = logSoftmaxReference(logits, joint.headSizes);
    const { logProbs, probs } = placed(joint, logits, rows);
    const values = rows * joint.heads;
    allClose(arena.read(logProbs, logits.length), expected, 2e-5, "log p");
    allClose(arena.read(probs, logits.length), expected.map(Math.exp), 2e-6, "p");
    const gathered = produced(values, (out) => joint.gather(logProbs, arena.place(actions), out, rows));
    const indices = actionIndices(actions, joint.headSizes);
    allClose(
      gathered,
      Array.from(indices, (i) => expected[i]),
      2e-5,
      "gather",
    );
    allClose(
      produced(values, (out) => joint.entropy(logProbs, out, rows)),
      entropies(expected, joint.headSizes),
      1e-5,
    );
    const moved = placed(joint, other, rows).logProbs;
    const divergences = klDivergences(expected, logSoftmaxReference(other, joint.headSizes), joint.headSizes);
    allClose(
      produced(values, (out) => joint.kl(logProbs, moved, out, rows)),
      divergences,
      3e-5,
      "kl",
    );
  });
});

test("score is the derivative of the actions' log-probabilities along the tangent", () => {
  property(({ joint, rows, random, logits, actions }) => {
    const tangent = Float32Array.from(normalMatrix(random, rows, joint.width));
    const { probs } = placed(joint, logits, rows);
    const actual = produced(actions.length, (out) =>
      joint.score(probs, arena.place(tangent), arena.place(actions), out, rows),
    );
    const step = 1e-5;
    const [ahead, behind] = [-step, step].map((factor) =>
      logSoftmaxReference(minus(logits, tangent, factor), joint.headSizes),
    );
    const indices = actionIndices(actions, joint.headSizes);
    allClose(
      actual,
      Array.from(indices, (i) => (ahead[i] - behind[i]) / (2 * step)),
      1e-5,
    );
  });
});

test("scoreTranspose is the transpose of score", () => {
  property(({ joint, rows, random, logits, actions }) => {
    const tangent = Float32Array.from(normalMatrix(random, rows, joint.width));
    const u = Float32Array.from(normalMatrix(random, rows, joint.heads));
    const { probs } = placed(joint, logits, rows);
    const at = arena.place(actions);
    const score = produced(u.length, (out) => joint.score(probs, arena.place(tangent), at, out, rows));
    const cotangent = produced(tangent.length, (out) =>
      joint.scoreTranspose(probs, at, arena.place(u), out, rows),
    );
    close(dot(u, score), dot(cotangent, tangent), 1e-4);
  });
});

test("the metric is the Hessian of the KL: ½tᵀMt is the KL of a small tangent t", () => {
  property(({ joint, rows, random, logits }) => {
    const tangent = Float32Array.from(normalMatrix(random, rows, joint.width));
    const { probs } = placed(joint, logits, rows);
    const product = produced(tangent.length, (out) =>
      joint.metric(probs, arena.place(tangent), out, 0.25, rows),
    );
    const step = 1e-4;
    const old = logSoftmaxReference(logits, joint.headSizes);
    const kl = [-step, step].map((factor) => {
      const moved = logSoftmaxReference(minus(logits, tangent, factor), joint.headSizes);
      return klDivergences(old, moved, joint.headSizes).reduce((sum, value) => sum + value, 0);
    });
    const curvature = (kl[0] + kl[1]) / (step * step); // odd orders cancel
    close(dot(tangent, product) / 0.25, curvature, 1e-4 * Math.max(1, curvature));
  });
});

test("means over rows come a head, and their sum", () => {
  withDrawn({ sizes: [5, 2, 3], rows: 200, seed: 1 }, ({ joint, rows, random, logits }) => {
    const old = placed(joint, logits, rows).logProbs;
    const moved = placed(
      joint,
      logits.map((value) => value + 0.1 * random.normal()),
      rows,
    ).logProbs;
    const columns = (values: Float32Array) =>
      Float64Array.from({ length: 3 }, (_, head) => {
        return values.reduce((sum, value, i) => (i % 3 === head ? sum + value : sum), 0) / rows;
      });
    const kl = columns(produced(rows * 3, (out) => joint.kl(old, moved, out, rows)));
    const entropy = columns(produced(rows * 3, (out) => joint.entropy(old, out, rows)));
    allClose(joint.meanKlPerHead(old, moved, rows), kl, 1e-15);
    close(joint.meanKl(old, moved, rows), kl[0] + kl[1] + kl[2], 1e-15);
    allClose(joint.meanEntropyPerHead(old, rows), entropy, 1e-15);
    close(joint.meanEntropy(old, rows), entropy[0] + entropy[1] + entropy[2], 1e-15);
    assert.is(joint.meanKl(old, old, rows), 0);
  });
});

test("a uniform head has entropy log n and a sure one 0", () => {
  withDrawn({ sizes: [4, 3], rows: 1, seed: 1 }, ({ joint }) => {
    const logits = Float32Array.of(7, 7, 7, 7, 0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const { logProbs } = placed(joint, logits, 1);
    allClose(joint.meanEntropyPerHead(logProbs, 1), [Math.log(4), 0], 2e-7);
    close(joint.meanKl(logProbs, logProbs, 1), 0, 0);
  });
});

test("the arena is as before after sampling and means", () => {
  withDrawn({ sizes: [5, 2], rows: 20, seed: 2 }, ({ joint, rows, random, logits, actions }) => {
    const { logProbs } = placed(joint, logits, rows);
    const out = arena.place(actions);
    const before = arena.used;
    joint.sample(logProbs, random, out, rows);
    joint.meanKl(logProbs, logProbs, rows);
    joint.meanEntropy(logProbs, rows);
    assert.is(arena.used, before);
  });
});

test("a single categorical is the case of one head", () => {
  arena.scope(() => {
    const single = categorical(arena, 3);
    assert.is(single.heads, 1);
    assert.is(single.width, 3);
    const logits = Float32Array.of(0.5, -1, 2, 1, 1, 1);
    const out = arena.allocateF32(6);
    single.logSoftmax(arena.place(logits), out, 2);
    allClose(arena.read(out, 6), logSoftmaxReference(logits, [3]), 1e-6);
    const same = arena.allocateF32(6);
    new JointCategorical(arena, [3]).logSoftmax(arena.place(logits), same, 2);
    sameBits(arena.read(out, 6), arena.read(same, 6));
  });
});

test("head sizes that are empty or not whole are refused", () => {
  for (const sizes of [[], [0], [2, 1.5], [-1]]) {
    assert.throws(
      () => new JointCategorical(arena, sizes),
      (error: unknown) => error instanceof InvalidInputError && error.message.includes(`[${sizes}]`),
    );
  }
});

test.run();
