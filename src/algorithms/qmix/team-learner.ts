/**
 * What learns: the networks, their target copy and the optimiser. A step on a batch of episodes is one of gradient descent
 * on Σ filled (Q_tot(s, a) − y)² / Σ filled.
 */
import { multiply, scale, square, subtract } from "../../autodiff/operations.ts";
import { rules } from "../../autodiff/rules.ts";
import { sum } from "../../autodiff/shaping.ts";
import { pullBack } from "../../autodiff/sweeps.ts";
import { Tape } from "../../autodiff/tape.ts";
import type { Pointer } from "../../kernels/abi.ts";
import type { Arena } from "../../kernels/memory.ts";
import { gatherInto } from "../../nn/network-tape.ts";
import { clipGradient } from "../../optim/clip-gradient.ts";
import { NonFiniteError } from "../../validation/errors.ts";
import { doubleQTargets, nextUtilities } from "./double-q.ts";
import type { EpisodeBatch } from "./episode-batch.ts";
import type { QmixSettings } from "./options.ts";
import type { TeamNetworks } from "./team-networks.ts";

/** Means over what is filled of a batch. */
export interface StepStatistics {
  /** Mean of (Q_tot − y)². */
  readonly loss: number;
  /** Mean of |Q_tot − y|. */
  readonly tdError: number;
  /** Mean of Q_tot of what was done. */
  readonly qTaken: number;
  /** Mean of y. */
  readonly target: number;
  /** Norm of the gradient before clipping. */
  readonly gradientNorm: number;
}

/** Q_tot and y [T · B] of a batch, and the gradient, like the parameters. */
export interface Evaluation {
  readonly values: Float32Array;
  readonly targets: Float32Array;
  readonly loss: number;
  readonly gradient: Pointer;
}

/**
 * The loss at these parameters and its gradient, in the arena's scope that the call was made in.
 * @param online the flat vector that learns
 * @param target that of the target networks
 */
export function evaluateBatch(
  arena: Arena,
  networks: TeamNetworks,
  online: Pointer,
  target: Pointer,
  batch: EpisodeBatch,
  gamma: number,
): Evaluation {
  const gradient = arena.allocateF32(networks.layout.size);
  const judged = Tape.run(arena, rules, (tape) =>
    networks.utilities(tape, networks.place(tape, target), batch).map((utilities) => utilities.read()),
  );
  return Tape.run(arena, rules, (tape) => {
    const parameters = networks.place(tape, online);
    const utilities = networks.utilities(tape, parameters, batch);
    const seen = utilities.map((group) => group.read());
    const next = nextUtilities(batch, networks.groups, seen, judged);
    const following = mixAfter(arena, networks, target, batch, next);
    const targets = doubleQTargets(batch, following, gamma);
    const cells = targets.length;
    const states = batch.states.subarray(0, (batch.states.length / (batch.steps + 1)) * batch.steps);
    const shape = [cells, states.length / cells];
    const placed = tape.lift({ shape, values: states }, "states");
    const values = networks.mix(parameters, networks.chosen(utilities, batch), placed);
    const errors = multiply(subtract(values, targets), batch.filled);
    const count = batch.filled.reduce((sofar, filled) => sofar + filled, 0);
    const loss = scale(sum(square(errors)), 1 / count);
    const slopes = pullBack(tape, loss, tape.fill(1, []), parameters.tensors);
    gatherInto(arena, slopes, gradient);
    return { values: values.read(), targets, loss: loss.read()[0], gradient };
  });
}

/** Q⁻_tot [T · B] of utilities [T, B, heads] in the states that follow. */
function mixAfter(
  arena: Arena,
  networks: TeamNetworks,
  target: Pointer,
  { states, steps }: EpisodeBatch,
  next: Float32Array,
): Float32Array {
  const { heads } = networks.rowLayout;
  const cells = next.length / heads;
  return Tape.run(arena, rules, (tape) => {
    const after = states.subarray(states.length / (steps + 1));
    const q = tape.lift({ shape: [cells, heads], values: next }, "utilities");
    const placed = tape.lift({ shape: [cells, after.length / cells], values: after }, "states");
    return networks.mix(networks.place(tape, target), q, placed).read();
  });
}

/** An optimiser that is bound to the arena. */
interface BoundOptimiser {
  step(parameters: Pointer, gradient: Pointer): void;
}

/** One step of gradient descent. @throws NonFiniteError when the loss or its gradient is not finite */
export function learnFrom(
  arena: Arena,
  networks: TeamNetworks,
  online: Pointer,
  target: Pointer,
  batch: EpisodeBatch,
  optimiser: BoundOptimiser,
  { gamma, maxGradientNorm }: Pick<QmixSettings, "gamma" | "maxGradientNorm">,
): StepStatistics {
  return arena.scope(() => {
    const evaluation = evaluateBatch(arena, networks, online, target, batch, gamma);
    const { loss, gradient } = evaluation;
    if (!Number.isFinite(loss)) throw new NonFiniteError(`temporal-difference loss: ${loss}`);
    const gradientNorm = clipGradient(arena, gradient, networks.layout.size, maxGradientNorm);
    if (!Number.isFinite(gradientNorm)) throw new NonFiniteError(`norm of the gradient: ${gradientNorm}`);
    optimiser.step(online, gradient);
    return { loss, gradientNorm, ...means(evaluation, batch.filled) };
  });
}

function means({ values, targets }: Evaluation, filled: Float32Array) {
  let [count, tdError, qTaken, target] = [0, 0, 0, 0];
  for (let cell = 0; cell < filled.length; cell++) {
    if (filled[cell] === 0) continue;
    count++;
    tdError += Math.abs(values[cell] - targets[cell]);
    qTaken += values[cell];
    target += targets[cell];
  }
  return { tdError: tdError / count, qTaken: qTaken / count, target: target / count };
}
