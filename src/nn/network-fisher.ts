/**
 * Products of the Fisher information of a network's outputs with directions, F v = Σ rows Jᵀ M J v, J the derivative of the
 * outputs by the parameters and M the metric of what the outputs stand for. The network is evaluated once; a product is a
 * forward and a reverse sweep, whose memory is freed at its end.
 */
import { rules } from "../autodiff/rules.ts";
import { pullBack, pushForward } from "../autodiff/sweeps.ts";
import { Tape } from "../autodiff/tape.ts";
import type { Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import type { NetworkShape } from "./network.ts";
import { gatherInto, type NetworkData, TapeNetwork } from "./network-tape.ts";

/**
 * Takes a tangent of (output, extra) to weight·M times it, in place. For a distribution M is the Hessian of
 * Σ rows KL(old‖new) by (output, extra) where new = old.
 * @param tangent [rows, outputSize] @param extraTangent [extraParameters]
 */
export type OutputMetric = (tangent: Pointer, extraTangent: Pointer | undefined, weight: number) => void;

export interface FisherProducts {
  /** Outputs at the parameters, [rows, outputSize]. */
  readonly output: Pointer;
  /** product = (1/rows) Σ rows Jᵀ M J · direction, both like the flat parameters; they must not overlap. */
  multiply(direction: Pointer, product: Pointer): void;
}

/**
 * Runs `body` with Fisher products at these parameters, which must stay as they are meanwhile.
 * @param metricAt the metric at the outputs and extra parameters; what it allocates is freed after `body`
 */
export function withFisher<T>(
  arena: Arena,
  shape: NetworkShape,
  parameters: Pointer,
  data: NetworkData,
  metricAt: (output: Pointer, extra: Pointer | undefined) => OutputMetric,
  body: (fisher: FisherProducts) => T,
): T {
  return Tape.run(arena, rules, (tape) => {
    const network = new TapeNetwork(tape, shape, parameters);
    const { layout, extra } = network.plan;
    const output = network.forward(data);
    const metric = metricAt(output.pointer, network.extra?.pointer);
    const copy = (pointer: Pointer, size: number): Pointer => arena.place(arena.f32(pointer, size));
    return body({
      output: output.pointer,
      multiply: (direction, product) =>
        tape.temporarily(() => {
          const at = layout.entries.map((entry) => tape.at(direction + 4 * entry.offset, entry.shape));
          const [pushed] = pushForward(tape, [output], network.parameters, at);
          const tangent = copy(pushed.pointer, pushed.size);
          const extraTangent = extra && copy(direction + 4 * extra.offset, extra.shape[0]);
          metric(tangent, extraTangent, 1 / data.rows);
          const slopes = pullBack(tape, output, tape.at(tangent, output.shape), network.parameters);
          gatherInto(arena, slopes, product);
          if (extra && extraTangent !== undefined) {
            arena
              .f32(product + 4 * extra.offset, extra.shape[0])
              .set(arena.f32(extraTangent, extra.shape[0]));
          }
        }),
    });
  });
}
