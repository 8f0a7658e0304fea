/** Derivatives by way of smaller operations, for rules whose own derivative is rarely asked for. */
import type { Tensor } from "../../tensor/tensor.ts";
import type { LinearMap } from "../rule.ts";
import { pullBack, pushForward } from "../sweeps.ts";
import { record, type Tape, tapeOf } from "../tape.ts";

/** The derivative of a function that is written with smaller operations, which are carried out when it is asked for. */
export function composedDerivative(
  inputs: readonly Tensor[],
  f: (inputs: readonly Tensor[], tape: Tape) => Tensor,
): LinearMap[] {
  const tape = tapeOf(inputs, "composed derivative");
  let made: { operands: readonly Tensor[]; output: Tensor } | undefined;
  const once = () => {
    if (made) return made;
    // Nodes of their own: the derivative is by this use of the operands.
    const operands = inputs.map((input) => record("reshape", [input], { shape: input.shape }));
    made = { operands, output: f(operands, tape) };
    return made;
  };
  return inputs.map((_, k) => ({
    jvp(tangent) {
      const { operands, output } = once();
      return pushForward(tape, [output], [operands[k]], [tangent])[0];
    },
    vjp(cotangent) {
      const { operands, output } = once();
      return pullBack(tape, output, cotangent, [operands[k]])[0];
    },
  }));
}
