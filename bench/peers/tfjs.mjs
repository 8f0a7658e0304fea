/** TensorFlow.js. Run: node --import tsx tfjs.mjs <folder with its packages> <wasm or cpu> */
import { createRequire } from "node:module";
import { join } from "node:path";
import { serve } from "./serve.ts";

const [folder, backend] = process.argv.slice(2);
const require = createRequire(join(folder, "peers.cjs"));
console.log = console.error; // its greetings are no answers
const tf = require("@tensorflow/tfjs");
if (backend === "wasm") {
  const wasm = require("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(join(folder, "node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/"));
  wasm.setThreadsCount(1);
}
await tf.setBackend(backend);
await tf.ready();

const normals = (shape, scale = 1) => tf.randomNormal(shape, 0, scale);
const network = (outputs) =>
  [[18, 128], [128], [128, 128], [128], [128, outputs], [outputs]].map((shape) =>
    tf.variable(normals(shape, 0.1)),
  );
function forward([w1, b1, w2, b2, w3, b3], x) {
  const h1 = tf.selu(x.matMul(w1).add(b1));
  const h2 = tf.selu(h1.matMul(w2).add(b2));
  return h2.matMul(w3).add(b3);
}
const finish = (tensors) => {
  for (const tensor of tensors) {
    tensor.dataSync();
    tensor.dispose();
  }
};

function product({ m, k, n, transposeA, transposeB }) {
  const a = normals(transposeA ? [k, m] : [m, k]);
  const b = normals(transposeB ? [n, k] : [k, n]);
  return () => tf.matMul(a, b, transposeA, transposeB).dispose();
}

function gradient({ rows }) {
  const parameters = network(15);
  const x = normals([rows, 18]);
  const chosen = tf.oneHot(tf.randomUniform([rows], 0, 15, "int32"), 15).toFloat();
  const weighted = chosen.mul(normals([rows, 1]));
  const loss = () =>
    tf
      .logSoftmax(forward(parameters, x))
      .mul(weighted)
      .sum()
      .mul(-1 / rows);
  return () => {
    const { value, grads } = tf.variableGrads(loss, parameters);
    finish([value, ...Object.values(grads)]);
  };
}

function fisher({ rows }) {
  const parameters = network(15);
  const direction = parameters.map(({ shape }) => normals(shape));
  const x = normals([rows, 18]);
  const old = tf.logSoftmax(forward(parameters, x));
  const weights = old.exp();
  const divergence = (...at) =>
    tf
      .sub(old, tf.logSoftmax(forward(at, x)))
      .mul(weights)
      .sum()
      .mul(1 / rows);
  const slopes = tf.grads(divergence);
  const along = (...at) => tf.addN(slopes(at).map((slope, i) => slope.mul(direction[i]).sum()));
  return () => finish(tf.grads(along)(parameters));
}

function values({ rows }) {
  const parameters = network(1);
  const x = normals([rows, 18]);
  const y = normals([rows, 1]);
  const optimizer = tf.train.adam(3e-4);
  const minibatch = (indices) => {
    const [inputs, targets] = [x.gather(indices), y.gather(indices)];
    return forward(parameters, inputs).sub(targets).square().mean();
  };
  return () => {
    for (let epoch = 0; epoch < 3; epoch++) {
      const order = tf.util.createShuffledIndices(rows);
      for (let first = 0; first + 64 <= rows; first += 64) {
        const indices = tf.tensor1d(Int32Array.from(order.subarray(first, first + 64)), "int32");
        optimizer.minimize(() => minibatch(indices), false, parameters);
        indices.dispose();
      }
    }
  };
}

const prepare = { product, gradient, fisher, values };
await serve((workload) => prepare[workload.kind]?.(workload));
