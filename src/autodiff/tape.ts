/**
 * The tape: what was computed, in order, with how to differentiate it. A tape lives in one scope of the arena, so all
 * tensors on it, those of the derivative passes too, end with the call that opened it.
 */
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import { formatShape, requireShape, type Shape, sizeOf } from "../tensor/shape.ts";
import { isNdArray, type NdArray, Tensor, type TensorOwner } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import type { Inputs, LinearMap, OperationName, Options, Rules } from "./rule.ts";

/** Data without a derivative: a number, a vector, or an array with its shape. */
export type Constant = number | Float32Array | NdArray;
export type Operand = Tensor | Constant;

export interface TapeNode {
  readonly inputs: readonly Tensor[];
  /** One map an input. */
  readonly derivative: () => readonly (LinearMap | null)[];
  /** The output's tangent from those of the inputs, where there is a faster way than their maps one by one. */
  readonly tangent: (tangents: readonly (Tensor | undefined)[]) => Tensor | undefined;
}

/** Inputs and constants come from nowhere. */
const leaf: TapeNode = { inputs: [], derivative: () => [], tangent: () => undefined };

/** The tape that may grow, by arena: memory taken for an outer tape inside an inner scope would die too early. */
const innermost = new WeakMap<Arena, Tape>();

export class Tape implements TensorOwner {
  readonly arena: Arena;
  /** nodes[tensor.id] made the tensor. */
  readonly nodes: TapeNode[] = [];
  readonly #rules: Rules;
  #ended = false;

  private constructor(arena: Arena, rules: Rules) {
    this.arena = arena;
    this.#rules = rules;
  }

  /** Runs `body` with a new tape, in a scope of the arena. */
  static run<T>(arena: Arena, rules: Rules, body: (tape: Tape) => T): T {
    const tape = new Tape(arena, rules);
    const outer = innermost.get(arena);
    innermost.set(arena, tape);
    try {
      return arena.scope(() => body(tape));
    } finally {
      tape.#ended = true;
      if (outer) innermost.set(arena, outer);
      else innermost.delete(arena);
    }
  }

  requireUsable({ shape }: Tensor, user: string): void {
    if (innermost.get(this.arena) === this) return;
    throw new InvalidInputError(
      this.#ended
        ? `${user}: the tensor of shape ${formatShape(shape)} was made in a derivative call that has ended; ` +
            "return what you need from the differentiated function instead of keeping its tensors."
        : `${user}: the tensor of shape ${formatShape(shape)} belongs to an outer derivative call; give the inner ` +
            "grad, jvp, vjp or hvp tensors instead of arrays (see constant), so that both work on one tape.",
    );
  }

  /** Carries an operation out and notes it. */
  record<Name extends OperationName>(name: Name, inputs: Inputs<Name>, options: Options<Name>): Tensor {
    for (const input of inputs) this.#requireOwn(input, name);
    const rule = this.#rules[name];
    const { shape, pointer } = rule.forward(this.arena, inputs, options);
    const output = new Tensor(this, this.nodes.length, shape, pointer);
    const application = { inputs, options, output };
    this.nodes.push({
      inputs,
      derivative: () => rule.derivative(application),
      tangent: (tangents) => rule.tangent?.(application, tangents),
    });
    return output;
  }

  /** The operand itself when it is a tensor of this tape, else its values copied in. @throws InvalidInputError */
  lift(operand: Operand, user: string): Tensor {
    if (operand instanceof Tensor) {
      this.#requireOwn(operand, user);
      return operand;
    }
    if (typeof operand === "number") return this.fill(operand, []);
    const array = operand instanceof Float32Array ? { shape: [operand.length], values: operand } : operand;
    if (!isNdArray(array)) {
      throw new InvalidInputError(
        `${user}: got ${formatValue(operand)}; give a tensor, a number, a Float32Array or { shape, values } ` +
          "with values in a Float32Array.",
      );
    }
    requireShape(user, array.shape, array.values.length);
    return this.#leaf(array.shape, this.arena.place(array.values));
  }

  /** A constant tensor with one value everywhere. */
  fill(value: number, shape: Shape): Tensor {
    const size = sizeOf(shape);
    const pointer = this.arena.allocateF32(size);
    this.arena.kernels.fillF32(value, pointer, size);
    return this.#leaf(shape, pointer);
  }

  /** A constant tensor over values that are in the arena already and stay as they are while it is used. */
  at(pointer: Pointer, shape: Shape): Tensor {
    return this.#leaf(shape, pointer);
  }

  /** Runs body, then forgets what it recorded and frees what it allocated: its tensors must not be used again. */
  temporarily<T>(body: () => T): T {
    const { length } = this.nodes;
    try {
      return this.arena.scope(body);
    } finally {
      this.nodes.length = length;
    }
  }

  #leaf(shape: Shape, pointer: Pointer): Tensor {
    const tensor = new Tensor(this, this.nodes.length, shape, pointer);
    this.nodes.push(leaf);
    return tensor;
  }

  #requireOwn(tensor: Tensor, user: string): void {
    tensor.owner.requireUsable(tensor, user);
    if (tensor.owner === this) return;
    throw new InvalidInputError(`${user}: its tensors are in different arenas; use one arena for all.`);
  }
}

/** The tape of the first tensor among the operands. @throws InvalidInputError when there is none */
export function tapeOf(operands: readonly Operand[], user: string): Tape {
  for (const operand of operands) {
    if (operand instanceof Tensor && operand.owner instanceof Tape) return operand.owner;
  }
  throw new InvalidInputError(
    `${user}: none of ${operands.map(formatValue).join(", ")} is a tensor; ` +
      "operations are for tensors that grad, jvp, vjp or hvp pass to your function. Of a list or record give one entry " +
      "(x[0], x.name); numbers of one tensor stand in a Float32Array.",
  );
}

/** Carries an operation out on the tape of its first operand. */
export function record<Name extends OperationName>(
  name: Name,
  inputs: Inputs<Name>,
  options: Options<Name>,
): Tensor {
  return tapeOf(inputs, name).record(name, inputs, options);
}
