/** Operands that do not fit: every message names the operation, the shapes and what is allowed. */
import { test } from "uvu";
import { grad } from "../../src/autodiff/derivatives.ts";
import { dense, matmul } from "../../src/autodiff/linear.ts";
import {
  activate,
  activationGradient,
  add,
  maximum,
  multiply,
  where,
} from "../../src/autodiff/operations.ts";
import * as shaping from "../../src/autodiff/shaping.ts";
import { type Shape, sizeOf } from "../../src/tensor/shape.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { refuses } from "../support/refuses.ts";

const zeros = (...shape: Shape) => ({ shape, values: new Float32Array(sizeOf(shape)) });
const [wide, square] = [zeros(2, 3), zeros(2, 2)];

/** The call of f on a tensor of shape [2, 3] must be refused. */
const refusesOn = (f: (x: Tensor) => Tensor, ...words: readonly string[]) =>
  refuses(() => grad((x: Tensor) => shaping.sum(f(x)))(wide), ...words);

test("entrywise operations need shapes that broadcast", () => {
  refusesOn((x) => add(x, square), "add", "[2, 3] and [2, 2]", "equal, 1 or missing");
  refusesOn((x) => maximum(x, new Float32Array(2)), "maximum", "[2, 3] and [2]");
  refusesOn((x) => where(square, x, 0), "where", "[2, 2] and [2, 3] and []");
  refusesOn((x) => add(x, "1" as never), "add", '"1"', "a tensor, a number, a Float32Array");
});

test("plain lists of numbers are no tensors, and the message says what is", () => {
  const squares = (x: Tensor) => shaping.sum(multiply(x, x));
  refuses(() => grad(squares)([1, 2] as never), "Of a list or record", "in a Float32Array");
  refusesOn((x) => add(x, { shape: [2], values: [1, 2] } as never), "values in a Float32Array");
});

test("products need equal inner sizes", () => {
  refusesOn((x) => matmul(x, square), "matmul", "[2, 3] and [2, 2]", "[m, k] and [k, n]");
  refusesOn((x) => matmul(x, square, "second"), "matmul", "[m, k] and [n, k]");
  refusesOn((x) => matmul(x, zeros(3, 2), "first"), "matmul", "[k, m] and [k, n]");
  refusesOn((x) => matmul(x, zeros(3)), "matmul", "[3]", "reshape");
  refusesOn((x) => dense(x, wide, zeros(3)), "dense", "[2, 3], [2, 3], [3]", "w [k, n]");
  refusesOn((x) => dense(x, zeros(3, 2), zeros(3)), "dense", "[3, 2], [3]", "b [n]");
});

test("activations and operands to transpose are known by name", () => {
  const known = "identity, relu, tanh, selu";
  refusesOn((x) => activate(x, "sigmoid" as never), 'activation is "sigmoid"', known);
  refusesOn((x) => dense(x, zeros(3, 2), zeros(2), "gelu" as never), 'activation is "gelu"', known);
  refusesOn((x) => activationGradient(x, x, "toString" as never), 'activation is "toString"', known);
  refusesOn((x) => matmul(x, x, "both" as never), 'transposed is "both"', "neither, first, second");
});

test("moves need places that exist", () => {
  refusesOn((x) => shaping.reshape(x, [5]), "reshape", "[2, 3]", "[5]");
  refusesOn((x) => shaping.broadcast(x, [3, 2]), "broadcast", "[2, 3]", "[3, 2]");
  refusesOn((x) => shaping.sumTo(x, [2]), "sumTo", "[2]", "[2, 3]");
  refusesOn((x) => shaping.sum(x, 2), "sum", "[2, 3]", "axis 2");
  refusesOn((x) => shaping.mean(x, -1), "[2, 3]", "axis -1");
  refusesOn((x) => shaping.slice(x, 0, 4), "slice", "0 to 4", "[2, 3]");
  refusesOn((x) => shaping.pad(x, 1, 2), "pad", "[2, 3]", "1 of 2");
  refusesOn(
    (x) => shaping.concat([x, shaping.reshape(x, [3, 2])]),
    "concat",
    "[2, 3] and [3, 2]",
    "first axis",
  );
  refusesOn(() => shaping.concat([]), "concat", "empty");
  refusesOn((x) => shaping.unpack(x, { w: [6] }).w, "unpack", "[2, 3]", "[6]");
});

test("indices need columns and a full table", () => {
  refusesOn((x) => shaping.gather(x, Int32Array.of(0, 3), 1), "gather", "index 3", "0 to 2");
  refusesOn((x) => shaping.gather(x, Int32Array.of(-1, 0), 1), "gather", "index -1");
  refusesOn((x) => shaping.gather(x, Int32Array.of(0), 1), "gather: indices", "[2, 1]", "there are 1");
  refusesOn((x) => shaping.scatter(x, Int32Array.of(0, 1), 2), "scatter: indices", "[2, 3]", "there are 2");
  refusesOn((x) => shaping.scatter(x, new Int32Array(6).fill(2), 2), "scatter", "index 2", "0 to 1");
});

test.run();
