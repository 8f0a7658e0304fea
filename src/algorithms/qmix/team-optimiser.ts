/** The optimiser that the settings name, with its state as named tensors and facts. */
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { Adam } from "../../optim/adam.ts";
import { RmsProp } from "../../optim/rms-prop.ts";
import { InvalidInputError } from "../../validation/errors.ts";
import type { AlgorithmState } from "../algorithm.ts";
import type { QmixSettings } from "./options.ts";

export interface TeamOptimiser {
  bind(arena: Arena): unknown;
  step(parameters: Pointer, gradient: Pointer): void;
  store(): void;
  save(): AlgorithmState;
  /** @throws InvalidInputError when the state has another number of parameters, or is of the other optimiser */
  load(state: AlgorithmState): void;
}

/** @param size number of parameters */
export function teamOptimiser(
  { optimiser, learningRate }: Pick<QmixSettings, "optimiser" | "learningRate">,
  size: number,
): TeamOptimiser {
  return optimiser === "adam" ? withAdam(size, learningRate) : withRmsProp(size, learningRate);
}

function withRmsProp(size: number, learningRate: number): TeamOptimiser {
  const rmsProp = new RmsProp(size, { learningRate });
  return {
    bind: (arena) => rmsProp.bind(arena),
    step: (parameters, gradient) => rmsProp.step(parameters, gradient),
    store: () => rmsProp.store(),
    save: () => ({ tensors: { "optimiser.v": vector(rmsProp.save().v) }, facts: {} }),
    load({ tensors }) {
      requireSaved("rmsprop", tensors);
      rmsProp.load({ v: tensors["optimiser.v"].values });
    },
  };
}

function withAdam(size: number, learningRate: number): TeamOptimiser {
  const adam = new Adam(size, { learningRate });
  return {
    bind: (arena) => adam.bind(arena),
    step: (parameters, gradient) => adam.step(parameters, gradient),
    store: () => adam.store(),
    save() {
      const { m, v, ...counters } = adam.save();
      return {
        tensors: { "optimiser.m": vector(m), "optimiser.v": vector(v) },
        facts: { optimiser: counters },
      };
    },
    load({ tensors, facts }) {
      requireSaved("adam", tensors);
      const counters = facts.optimiser as { step: number; beta1Power: number; beta2Power: number };
      adam.load({ m: tensors["optimiser.m"].values, v: tensors["optimiser.v"].values, ...counters });
    },
  };
}

/** Only Adam keeps first moments. */
function requireSaved(optimiser: QmixSettings["optimiser"], tensors: AlgorithmState["tensors"]): void {
  const saved = Object.hasOwn(tensors, "optimiser.m") ? "adam" : "rmsprop";
  if (saved === optimiser) return;
  throw new InvalidInputError(
    `the state was saved with optimiser "${saved}", not "${optimiser}"; load it with that.`,
  );
}

const vector = (values: Float32Array) => ({ shape: [values.length], values });
