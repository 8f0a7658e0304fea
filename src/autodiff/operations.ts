/**
 * Elementwise operations on tensors. Operands may be constants and broadcast as in NumPy; each function is one entry of
 * the rule table or a composition of some. At ties maximum, minimum, clip and abs take value and derivative of their
 * first operand; relu′(0) = 0 and selu′(0) = λα are derivatives from the left.
 */
import type { ActivationName } from "../kernels/abi.ts";
import { broadcastShapes, formatShape, type Shape } from "../tensor/shape.ts";
import { isNdArray, Tensor } from "../tensor/tensor.ts";
import { InvalidInputError } from "../validation/errors.ts";
import type { OperationName } from "./rule.ts";
import { broadcast } from "./shaping.ts";
import { type Constant, type Operand, record, tapeOf } from "./tape.ts";

/** A constant as a tensor beside `neighbour`, so that an inner derivative call can be given it. */
export function constant(neighbour: Tensor, value: Constant): Tensor {
  return tapeOf([neighbour], "constant").lift(value, "constant");
}

/** x + y. */
export function add(x: Operand, y: Operand): Tensor {
  return record("add", align("add", x, y), {});
}

/** x − y. */
export function subtract(x: Operand, y: Operand): Tensor {
  return record("subtract", align("subtract", x, y), {});
}

/** x ⊙ y, entry by entry. */
export function multiply(x: Operand, y: Operand): Tensor {
  return record("multiply", align("multiply", x, y), {});
}

/** x / y, entry by entry. */
export function divide(x: Operand, y: Operand): Tensor {
  return record("divide", align("divide", x, y), {});
}

/** factor · x. */
export function scale(x: Tensor, factor: number): Tensor {
  return record("scale", [x], { factor });
}

export function negate(x: Tensor): Tensor {
  return scale(x, -1);
}

export function square(x: Tensor): Tensor {
  return multiply(x, x);
}

/** eˣ. */
export function exp(x: Tensor): Tensor {
  return record("exp", [x], {});
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return record("log", [x], {});
}

export function sqrt(x: Tensor): Tensor {
  return record("sqrt", [x], {});
}

/** Of radians, accurate for |x| ≤ 2²⁰. */
export function sin(x: Tensor): Tensor {
  return record("sin", [x], {});
}

/** Of radians, accurate for |x| ≤ 2²⁰. */
export function cos(x: Tensor): Tensor {
  return record("cos", [x], {});
}

/** The activation called `activation`, entry by entry. @throws InvalidInputError for an unknown name */
export function activate(x: Tensor, activation: ActivationName): Tensor {
  return activation === "identity" ? x : record("activate", [x], { activation });
}

export function relu(x: Tensor): Tensor {
  return activate(x, "relu");
}

export function tanh(x: Tensor): Tensor {
  return activate(x, "tanh");
}

export function selu(x: Tensor): Tensor {
  return activate(x, "selu");
}

/** λα of SELU. */
const SELU_LIMIT = 1.7580993408473766;

/** x for x > 0, eˣ − 1 otherwise (Clevert et al. 2016). */
export function elu(x: Tensor): Tensor {
  return where(greater(x, 0), x, scale(selu(x), 1 / SELU_LIMIT));
}

/** 1/(1 + e⁻ˣ) = ½ + ½ tanh(x/2), to 1e-7. */
export function sigmoid(x: Tensor): Tensor {
  return scale(add(tanh(scale(x, 0.5)), 1), 0.5);
}

/** g ⊙ activation′(x), from y = activation(x). */
export function activationGradient(y: Tensor, g: Tensor, activation: ActivationName): Tensor {
  return activation === "identity" ? g : record("activationGradient", [y, g], { activation });
}

/** 1 where x > y, else 0; its derivative is 0 everywhere. */
export function greater(x: Operand, y: Operand): Tensor {
  return record("greater", align("greater", x, y), {});
}

/**
 * x where the mask is not 0, else y. What is not taken has no influence on values and tangents, not even NaN; in the pass
 * back its cotangent of 0 becomes NaN at a pole of what made it: `where(m, log(where(m, x, 1)), 0)` keeps log off it.
 */
export function where(mask: Operand, x: Operand, y: Operand): Tensor {
  return record("where", align("where", mask, x, y), {});
}

/** A NaN of y is not seen. */
export function maximum(x: Operand, y: Operand): Tensor {
  const [a, b] = align("maximum", x, y);
  return where(greater(b, a), b, a);
}

/** A NaN of y is not seen. */
export function minimum(x: Operand, y: Operand): Tensor {
  const [a, b] = align("minimum", x, y);
  return where(greater(a, b), b, a);
}

/** x kept between low and high. */
export function clip(x: Tensor, low: Operand, high: Operand): Tensor {
  return minimum(maximum(x, low), high);
}

export function abs(x: Tensor): Tensor {
  return maximum(x, negate(x));
}

/** The same values, through which no derivative flows. */
export function stopGradient(x: Tensor): Tensor {
  return record("stopGradient", [x], {});
}

type Aligned<Operands extends readonly Operand[]> = { readonly [I in keyof Operands]: Tensor };

/** The operands as tensors of one shape. @throws InvalidInputError when they do not fit */
function align<const Operands extends readonly Operand[]>(
  name: OperationName | "maximum" | "minimum",
  ...operands: Operands
): Aligned<Operands> {
  const tape = tapeOf(operands, name);
  const shapes = operands.map(shapeOf);
  const shape = shapes.reduce<Shape | undefined>((sofar, next) => sofar && broadcastShapes(sofar, next), []);
  if (shape === undefined) {
    throw new InvalidInputError(
      `${name}: shapes ${shapes.map(formatShape).join(" and ")} do not fit; ` +
        "counted from the last, axes must be equal, 1 or missing.",
    );
  }
  const aligned = operands.map((operand) =>
    typeof operand === "number" ? tape.fill(operand, shape) : broadcast(tape.lift(operand, name), shape),
  );
  return aligned as readonly Tensor[] as Aligned<Operands>;
}

function shapeOf(operand: Operand): Shape {
  if (operand instanceof Tensor || isNdArray(operand)) return operand.shape;
  return operand instanceof Float32Array ? [operand.length] : [];
}
