/**
 * Derivatives of functions that are written with tensor operations: grad and vjp by a reverse sweep, jvp by a forward
 * sweep, hvp by a forward sweep over a reverse sweep (Pearlmutter 1994). Arrays go in and come out; the memory between
 * is freed at the end of the call. Called with tensors inside a differentiated function they give tensors, which can
 * be differentiated again.
 */
import { sharedArena } from "../kernels/arena.ts";
import type { Arena } from "../kernels/memory.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { type NdArray, Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { rules } from "./rules.ts";
import { reshape } from "./shaping.ts";
import { pullBack, pushForward } from "./sweeps.ts";
import { type Operand, Tape, tapeOf } from "./tape.ts";
import { type Like, leavesOf, type Placed, rebuild, type Tensors, type Values } from "./tree.ts";

export interface DerivativeOptions {
  /** Where to compute; without effect on calls inside a differentiated function. @defaultValue the thread's arena */
  readonly arena?: Arena;
}

/**
 * The gradient of a scalar function: `grad(f)(x)` has the structure of x.
 * @param f takes one tensor, or a record or list of tensors, and returns a tensor of shape [].
 * @throws InvalidInputError when f does not return a scalar
 */
export function grad<P>(
  f: (x: P) => Tensor,
  options: DerivativeOptions = {},
): <X extends Values<P>>(x: X) => Like<X> {
  return (x) => reverse("grad", f, x, options).gradient;
}

/** As `grad`, with the function's value, a number (inside a differentiated function, a tensor). */
export function valueAndGrad<P>(
  f: (x: P) => Tensor,
  options: DerivativeOptions = {},
): <X extends Values<P>>(x: X) => { value: Placed<X, Tensor, number>; gradient: Like<X> } {
  return (x) => reverse("valueAndGrad", f, x, options);
}

/**
 * The value and the directional derivative J·tangents of a function of any shape.
 * @param tangents the direction, structured as `primals`.
 */
export function jvp<X, V extends Values<Tensors<X>>>(
  f: (x: Tensors<X>) => Tensor,
  primals: X,
  tangents: V,
  options: DerivativeOptions = {},
): { value: Placed<X | V, Tensor, NdArray>; tangent: Placed<X | V, Tensor, NdArray> } {
  return evaluate("jvp", f, primals, [primals, tangents], options, ({ tape, inputs, output, give }) => {
    const directions = liftLike(tape, "jvp: tangent", tangents, inputs, primals);
    const [tangent] = pushForward(tape, [output], inputs, directions);
    return { value: give(output), tangent: give(tangent) } as ReturnType<typeof jvp<X, V>>;
  });
}

/**
 * The value and Jᵀ·cotangent, structured as `x`, of a function of any shape.
 * @param cotangent one weight for each value that f returns.
 */
export function vjp<X, U extends Operand>(
  f: (x: Tensors<X>) => Tensor,
  x: X,
  cotangent: U,
  options: DerivativeOptions = {},
): { value: Placed<X | U, Tensor, NdArray>; gradient: Like<X, U> } {
  return evaluate("vjp", f, x, [x, cotangent], options, ({ tape, inputs, output, give }) => {
    const weights = tape.lift(cotangent, "vjp");
    if (weights.size !== output.size) {
      throw new InvalidInputError(
        `vjp: the cotangent has shape ${formatShape(weights.shape)}, but the function returned ` +
          `${formatShape(output.shape)}; give one number for each of the ${output.size} values.`,
      );
    }
    const gradients = pullBack(tape, output, reshape(weights, output.shape), inputs);
    return { value: give(output), gradient: structured(x, gradients, give) } as ReturnType<typeof vjp<X, U>>;
  });
}

/**
 * H·v, structured as `x`: the Hessian of a scalar function times a direction.
 * @param v the direction, structured as `x`.
 */
export function hvp<X, V extends Values<Tensors<X>>>(
  f: (x: Tensors<X>) => Tensor,
  x: X,
  v: V,
  options: DerivativeOptions = {},
): Like<X, V> {
  return evaluate("hvp", f, x, [x, v], options, ({ tape, inputs, output, give }) => {
    requireScalar("hvp", output);
    const directions = liftLike(tape, "hvp: direction", v, inputs, x);
    const gradients = pullBack(tape, output, tape.fill(1, []), inputs);
    return structured(x, pushForward(tape, gradients, inputs, directions), give) as Like<X, V>;
  });
}

/** A function's evaluation on a tape. */
interface Evaluation {
  readonly tape: Tape;
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  /** A result as the caller gets it: a tensor inside of a larger computation, else a copy in the form of `like`. */
  readonly give: (tensor: Tensor, like?: unknown) => unknown;
}

function reverse<P, X>(user: string, f: (x: P) => Tensor, x: X, options: DerivativeOptions) {
  return evaluate(user, f, x, [x], options, ({ tape, inputs, output, give }) => {
    requireScalar(user, output);
    const gradients = pullBack(tape, output, tape.fill(1, []), inputs);
    return {
      value: give(output, 0) as Placed<X, Tensor, number>,
      gradient: structured(x, gradients, give) as Like<X>,
    };
  });
}

/** Evaluates f at x on the tape of the tensors among `trees`, or on a new one when all are plain arrays. */
function evaluate<P, R>(
  user: string,
  f: (x: P) => Tensor,
  x: unknown,
  trees: readonly unknown[],
  { arena }: DerivativeOptions,
  use: (evaluation: Evaluation) => R,
): R {
  const within = trees.flatMap((tree) => leavesOf(tree)).find(({ value }) => value instanceof Tensor);
  const run = (tape: Tape) => {
    // A node of its own for each input: the derivative is by this use of a tensor, not by others of the same tensor.
    const inputs = leavesOf(x).map(({ path, value }) => {
      const tensor = tape.lift(value as Operand, path ? `${user}: ${path}` : user);
      return tape.record("reshape", [tensor], { shape: tensor.shape });
    });
    const output = f(rebuild(x, inputs) as P);
    if (!(output instanceof Tensor)) {
      throw new InvalidInputError(`${user}: the function returned ${formatValue(output)}; return a tensor.`);
    }
    const give = within ? (tensor: Tensor) => tensor : exported;
    return use({ tape, inputs, output: tape.lift(output, user), give });
  };
  if (within) return run(tapeOf([within.value as Tensor], user));
  return Tape.run(arena ?? sharedArena(), rules, run);
}

/** A copy in the form of `like`: a number, a vector, or an array with its shape. */
function exported(tensor: Tensor, like?: unknown): number | Float32Array | NdArray {
  const values = tensor.read();
  if (typeof like === "number") return values[0];
  return like instanceof Float32Array ? values : { shape: tensor.shape, values };
}

function structured(x: unknown, tensors: readonly Tensor[], give: Evaluation["give"]): unknown {
  return rebuild(
    x,
    leavesOf(x).map(({ value }, i) => give(tensors[i], value)),
  );
}

/** The leaves of a tree that must be structured and shaped as the inputs. */
function liftLike(
  tape: Tape,
  what: string,
  tree: unknown,
  inputs: readonly Tensor[],
  model: unknown,
): Tensor[] {
  const leaves = leavesOf(tree);
  const paths = leavesOf(model).map(({ path }) => path);
  if (leaves.length !== paths.length || leaves.some(({ path }, i) => path !== paths[i])) {
    throw new InvalidInputError(
      `${what}: it has the parts [${leaves.map(({ path }) => path).join(", ")}], but the point has ` +
        `[${paths.join(", ")}]; give the same parts in the same order.`,
    );
  }
  return leaves.map(({ path, value }, i) => {
    const user = path ? `${what} ${path}` : what;
    const tensor = tape.lift(value as Operand, user);
    if (sameShape(tensor.shape, inputs[i].shape)) return tensor;
    throw new InvalidInputError(
      `${user}: shape ${formatShape(tensor.shape)} must be that of the point, ${formatShape(inputs[i].shape)}.`,
    );
  });
}

function requireScalar(user: string, output: Tensor): void {
  if (output.shape.length === 0) return;
  throw new InvalidInputError(
    `${user}: the function returned shape ${formatShape(output.shape)}; return a scalar, such as its sum or mean.`,
  );
}
