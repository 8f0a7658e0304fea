/** jax-js on its WebAssembly backend, jitted. Run: node --import tsx jax.mjs <folder with its packages> */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { serve } from "./serve.ts";

const [folder] = process.argv.slice(2);
const require = createRequire(join(folder, "peers.cjs"));
globalThis.navigator ??= {}; // it asks for one; Node 20 has none
const jax = await import(pathToFileURL(require.resolve("@jax-js/jax")));
const { numpy: np, nn, grad, jit, jvp, vjp, blockUntilReady } = jax;
await jax.init("wasm");
jax.defaultDevice("wasm");

const count = (shape) => shape.reduce((product, length) => product * length, 1);
const random = (shape, scale = 1) =>
  np.array(Float32Array.from({ length: count(shape) }, () => scale * (Math.random() - 0.5))).reshape(shape);
const shapes = (outputs) => [[18, 128], [128], [128, 128], [128], [128, outputs], [outputs]];
const network = (outputs) => shapes(outputs).map((shape) => random(shape, 0.3));
/** An argument is used up by a call; its reference is not. */
const refs = (arrays) => arrays.map((array) => array.ref);

function forward([w1, b1, w2, b2, w3, b3], x) {
  const h1 = nn.selu(np.matmul(x, w1).add(b1));
  const h2 = nn.selu(np.matmul(h1, w2).add(b2));
  return np.matmul(h2, w3).add(b3);
}
async function finish(arrays) {
  await blockUntilReady(arrays);
  for (const array of arrays) array.dispose();
}

async function product({ m, k, n, transposeA, transposeB }) {
  const a = random(transposeA ? [k, m] : [m, k]);
  const b = random(transposeB ? [n, k] : [k, n]);
  await blockUntilReady(refs([a, b]));
  return () =>
    finish([np.matmul(transposeA ? a.ref.transpose() : a.ref, transposeB ? b.ref.transpose() : b.ref)]);
}

function gradient({ rows }) {
  const parameters = network(15);
  const x = random([rows, 18]);
  const weighted = new Float32Array(rows * 15);
  for (let row = 0; row < rows; row++) weighted[row * 15 + (row % 15)] = Math.random() - 0.5;
  const weights = np.array(weighted).reshape([rows, 15]);
  const loss = (p, inputs, w) =>
    nn
      .logSoftmax(forward(p, inputs))
      .mul(w)
      .sum()
      .mul(-1 / rows);
  const slope = jit(grad(loss));
  return () => finish(slope(refs(parameters), x.ref, weights.ref));
}

function fisher({ rows }) {
  const parameters = network(15);
  const direction = network(15);
  const x = random([rows, 18]);
  const apply = jit((p, v, inputs) => {
    const [y, tangent] = jvp((q) => forward(q, inputs.ref), [refs(p)], [v]);
    const probs = nn.softmax(y);
    const scaled = probs.ref.mul(tangent);
    const cotangent = scaled.ref.sub(probs.mul(scaled.sum(-1, { keepdims: true }))).mul(1 / rows);
    const [, pull] = vjp((q) => forward(q, inputs), [p]);
    return pull(cotangent)[0];
  });
  return () => finish(apply(refs(parameters), refs(direction), x.ref));
}

function values({ rows }) {
  const [beta1, beta2] = [0.9, 0.999];
  const data = Float32Array.from({ length: rows * 18 }, () => Math.random() - 0.5);
  const slope = jit(grad((p, x, y) => np.square(forward(p, x).sub(y)).mean()));
  // Jitted apart: in one function with the gradient, the fusion computes much of it several times.
  const step = jit((p, m, v, g, c1, c2) => {
    const m2 = m.map((old, i) => old.mul(beta1).add(g[i].ref.mul(1 - beta1)));
    const v2 = v.map((old, i) => old.mul(beta2).add(np.square(g[i]).mul(1 - beta2)));
    const p2 = p.map((old, i) =>
      old.sub(
        m2[i].ref
          .mul(3e-4)
          .div(c1.ref)
          .div(np.sqrt(v2[i].ref.div(c2.ref)).add(1e-8)),
      ),
    );
    return [p2, m2, v2];
  });
  let state = [network(1), ...[0, 1].map(() => shapes(1).map((shape) => np.zeros(shape)))];
  let [power1, power2] = [1, 1];
  return async () => {
    for (let minibatch = 0; minibatch < 468; minibatch++) {
      power1 *= beta1;
      power2 *= beta2;
      const first = (minibatch * 64) % (rows - 64);
      const x = np.array(data.slice(18 * first, 18 * (first + 64))).reshape([64, 18]);
      const y = np.array(data.slice(first, first + 64)).reshape([64, 1]);
      const gradients = slope(refs(state[0]), x, y);
      await blockUntilReady(refs(gradients)); // twice as fast as letting work pile up
      state = step(...state, gradients, np.array(1 - power1), np.array(1 - power2));
      await blockUntilReady(refs(state.flat()));
    }
  };
}

const prepare = { product, gradient, fisher, values };
await serve((workload) => prepare[workload.kind]?.(workload));
