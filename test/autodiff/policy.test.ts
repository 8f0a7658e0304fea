/** A whole policy, 14-32-32-15 SELU with three heads: autodiff against f64 differences and against the network kernels. */
import { test } from "uvu";
import { grad, hvp, jvp } from "../../src/autodiff/derivatives.ts";
import { klDivergence, logProb, logSoftmax } from "../../src/autodiff/heads.ts";
import { dense } from "../../src/autodiff/linear.ts";
import { clip, exp, minimum, multiply, subtract } from "../../src/autodiff/operations.ts";
import { mean, reshape, slice, sum } from "../../src/autodiff/shaping.ts";
import { mlpLayout } from "../../src/nn/mlp.ts";
import { Random } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { allClose, close } from "../support/close.ts";
import { headCase, randomActions } from "../support/heads.ts";
import { actionIndices, logSoftmaxReference } from "../support/heads-reference.ts";
import { dot, norm } from "../support/matrices.ts";
import { forwardReference } from "../support/mlp-reference.ts";
import { fisherOf, gradientOf, randomNetwork } from "../support/network.ts";

const ROWS = 20;
const SIZES = [5, 5, 5];
const network = randomNetwork(Random.fromSeed(1), [14, 32, 32, 15], "selu", ROWS);
const { shape, parameters } = network;
const observations = { shape: [ROWS, 14], values: network.input };
const actions = randomActions(headCase(ROWS, SIZES, 2));
const advantages = { shape: [ROWS, 1], values: network.normals(ROWS) };
const v = network.normals(parameters.length);
const w = network.normals(parameters.length);

/** The policy's logits [rows, 15] from its flat parameters. */
function logits(theta: Tensor): Tensor {
  const [w1, b1, w2, b2, w3, b3] = mlpLayout(shape).entries.map((entry) => {
    const size = entry.shape.reduce((product, length) => product * length, 1);
    return reshape(slice(theta, entry.offset, entry.offset + size), entry.shape);
  });
  return dense(dense(dense(observations, w1, b1, "selu"), w2, b2, "selu"), w3, b3);
}
const logProbs = (theta: Tensor) => logSoftmax(logits(theta), SIZES);

const exactLogProbs = (theta: ArrayLike<number>) =>
  logSoftmaxReference(forwardReference(shape, theta, observations.values, ROWS), SIZES);
const chosenLogProbs = (theta: ArrayLike<number>) => {
  const all = exactLogProbs(theta);
  return [...actionIndices(actions, SIZES)].map((i) => all[i]);
};
/** A little off the present policy, so that ratios lie on both sides of the clip range. */
const oldLogProbs = {
  shape: [ROWS, SIZES.length],
  values: Float32Array.from(chosenLogProbs(parameters), (value, i) => value + 0.4 * Math.sin(i)),
};

/** Mean over rows of Σ heads min(ratio·A, clip(ratio, 0.8, 1.2)·A). */
function clippedObjective(theta: Tensor): Tensor {
  const ratio = exp(subtract(logProb(logProbs(theta), actions, SIZES), oldLogProbs));
  const gain = minimum(multiply(ratio, advantages), multiply(clip(ratio, 0.8, 1.2), advantages));
  return mean(sum(gain, 1));
}
function exactObjective(theta: ArrayLike<number>): number {
  const gains = chosenLogProbs(theta).map((logProbability, i) => {
    const ratio = Math.exp(logProbability - oldLogProbs.values[i]);
    const advantage = advantages.values[Math.floor(i / SIZES.length)];
    return Math.min(ratio * advantage, Math.min(Math.max(ratio, 0.8), 1.2) * advantage);
  });
  return gains.reduce((total, gain) => total + gain, 0) / ROWS;
}
const moved = (direction: ArrayLike<number>, step: number) =>
  Float64Array.from(parameters, (value, i) => value + step * direction[i]);

test("the clipped objective's gradient agrees with f64 differences in any direction", () => {
  const gradient = grad(clippedObjective)(parameters);
  for (const direction of [v, w]) {
    const h = 1e-6;
    const slope = (exactObjective(moved(direction, h)) - exactObjective(moved(direction, -h))) / (2 * h);
    close(dot(gradient, direction), slope, 1e-5 * norm(gradient) * norm(direction), "slope");
  }
});

test("through the network the gradient is the one of the backward kernel", () => {
  const cotangent = network.normals(ROWS * 15);
  const weighted = (theta: Tensor) => sum(multiply(logits(theta), { shape: [ROWS, 15], values: cotangent }));
  const expected = gradientOf(network, cotangent);
  allClose(grad(weighted)(parameters), expected, 1e-6 * norm(expected), "gradient");
});

test("the Hessian of an objective is symmetric and is the difference of gradients", () => {
  const chosen = (theta: Tensor) => mean(multiply(logProb(logProbs(theta), actions, SIZES), advantages));
  const [hv, hw] = [hvp(chosen, parameters, v), hvp(chosen, parameters, w)];
  const scale = norm(hv) * norm(w);
  close(dot(w, hv), dot(v, hw), 1e-5 * scale, "⟨w, Hv⟩");
  const h = 1e-2;
  const near = (step: number) => grad(chosen)(Float32Array.from(moved(v, step / norm(v))));
  const [ahead, behind] = [near(h), near(-h)];
  const difference = ahead.map((value, i) => ((value - behind[i]) / (2 * h)) * norm(v));
  allClose(hv, difference, 5e-3 * norm(hv), "Hv");
});

test("the Hessian of the mean KL at the policy itself is the Fisher product of the kernel", () => {
  const current = exactLogProbs(parameters);
  const before = { shape: [ROWS, 15], values: Float32Array.from(current) };
  const meanKl = (theta: Tensor) => mean(sum(klDivergence(before, logProbs(theta), SIZES), 1));
  const probs = Float32Array.from(current, Math.exp);
  const expected = fisherOf(network, SIZES, probs, v);
  allClose(hvp(meanKl, parameters, v), expected, 1e-5 * norm(expected), "Fv");
});

test("a dense layer's tangent is the sum of its operands' parts, each by itself", () => {
  const random = Random.fromSeed(9);
  const draw = (...sizes: number[]) => ({
    shape: sizes,
    values: Float32Array.from({ length: sizes.reduce((a, b) => a * b) }, () => random.normal()),
  });
  const point = { x: draw(5, 3), w: draw(3, 4), b: draw(4) };
  const along = { x: draw(5, 3), w: draw(3, 4), b: draw(4) };
  const { tangent } = jvp(({ x, w, b }) => dense(x, w, b, "tanh"), point, along);
  const parts = [
    jvp((x: Tensor) => dense(x, point.w, point.b, "tanh"), point.x, along.x),
    jvp((w: Tensor) => dense(point.x, w, point.b, "tanh"), point.w, along.w),
    jvp((b: Tensor) => dense(point.x, point.w, b, "tanh"), point.b, along.b),
  ].map((part) => part.tangent.values);
  allClose(
    tangent.values,
    parts[0].map((value, i) => value + parts[1][i] + parts[2][i]),
    1e-5,
  );
});

test.run();
