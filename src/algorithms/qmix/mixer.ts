/**
 * What makes a team's value of its members' utilities q. VDN (Sunehag et al. 2018) adds them up; QMIX (Rashid et al. 2018)
 * mixes them monotonically, with weights that networks make of the central state:
 *   Q_tot = |w₂(s)|ᵀ elu(|w₁(s)|ᵀ q + b₁(s)) + V(s),   ∂Q_tot/∂qᵢ ≥ 0,
 * so that every member's own best choice is part of the best joint choice.
 */
import { dense } from "../../autodiff/linear.ts";
import { abs, add, elu, multiply } from "../../autodiff/operations.ts";
import { reshape, sum } from "../../autodiff/shaping.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { denseParameters, type Lookup, type Parameter } from "./parameters.ts";

export interface MixerShape {
  readonly kind: "qmix" | "vdn";
  /** Utilities to mix: one a head of the joint action. */
  readonly utilities: number;
  readonly stateSize: number;
  readonly mixingSize: number;
  readonly hypernetSize: number;
}

/** In the order of the flat vector; none of VDN. */
export function mixerParameters(shape: MixerShape): Parameter[] {
  if (shape.kind === "vdn") return [];
  const { utilities, stateSize, mixingSize, hypernetSize } = shape;
  return [
    ...denseParameters("first.hidden", stateSize, hypernetSize),
    ...denseParameters("first.weights", hypernetSize, utilities * mixingSize),
    ...denseParameters("first.bias", stateSize, mixingSize),
    ...denseParameters("second.hidden", stateSize, hypernetSize),
    ...denseParameters("second.weights", hypernetSize, mixingSize),
    ...denseParameters("value.hidden", stateSize, mixingSize),
    ...denseParameters("value.output", mixingSize, 1),
  ];
}

/** Q_tot [rows] of q[rows, utilities] in states[rows, stateSize]. */
export function mix(shape: MixerShape, parameter: Lookup, q: Tensor, states: Tensor): Tensor {
  if (shape.kind === "vdn") return sum(q, 1);
  const rows = q.shape[0];
  const { utilities, mixingSize } = shape;
  const layer = (name: string, x: Tensor, activation: "relu" | "identity" = "identity"): Tensor =>
    dense(x, parameter(`${name}.weight`), parameter(`${name}.bias`), activation);
  const weights = (name: string): Tensor =>
    abs(layer(`${name}.weights`, layer(`${name}.hidden`, states, "relu")));
  const first = reshape(weights("first"), [rows, utilities, mixingSize]);
  const mixed = sum(multiply(first, reshape(q, [rows, utilities, 1])), 1);
  const hidden = elu(add(mixed, layer("first.bias", states)));
  const value = layer("value.output", layer("value.hidden", states, "relu"));
  return add(sum(multiply(hidden, weights("second")), 1), reshape(value, [rows]));
}
