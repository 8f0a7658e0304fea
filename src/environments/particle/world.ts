/**
 * Physics of the multi-agent particle environments (Lowe et al. 2017; Li & He 2020): discs in an unbounded
 * plane, many copies as struct of arrays, all in f64. A step of 0.1 s:
 *   v ← ¾ v + 0.1 F/m, |v| ≤ maxSpeed, p ← p + 0.1 v, with forces from the positions before the step;
 * v in the last is the new velocity, or the old one ("position-first": PettingZoo since 1.23, MPE2).
 * Contact of a and b at distance d: f = 100 · k softplus((rₐ + r_b − d)/k) · (pₐ − p_b)/d with k = 10⁻³;
 * a feels (m_b/mₐ) f and b feels −(mₐ/m_b) f, which is ±f for equal masses.
 */
import { softplus } from "../../tensor/math.ts";
import { InvalidInputError } from "../../validation/errors.ts";

export const TIME_STEP = 0.1;
const KEPT_VELOCITY = 0.75;
const CONTACT_FORCE = 100;
const CONTACT_MARGIN = 1e-3;
const CONTACT_STIFFNESS = 1000;
/** softplus is exactly 0 below −745.14: contacts over this gap change no bit. */
const CONTACT_RANGE = 746 * CONTACT_MARGIN;

/** Moves of the discrete tasks: 0 stay, 1 left, 2 right, 3 down, 4 up. */
export const MOVES = 5;
const MOVE_X = Float64Array.of(0, -1, 1, 0, 0);
const MOVE_Y = Float64Array.of(0, 0, 0, -1, 1);

/** A disc. */
export interface Body {
  readonly radius: number;
  /** @defaultValue 1 */
  readonly mass?: number;
  /** @defaultValue Infinity */
  readonly maxSpeed?: number;
  /** Whether forces move it. @defaultValue true */
  readonly moves?: boolean;
  /** Whether it pushes and is pushed; those that do come before those that do not. @defaultValue true */
  readonly collides?: boolean;
}

/** Whether the position moves by the velocity from after the step or from before it. */
export type Integrator = "velocity-first" | "position-first";

export class ParticleWorld {
  /** [copies, bodies, 2]. */
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  /** [bodies, 2]: set to the driving forces before `step`, which adds the contacts. */
  readonly forces: Float64Array;
  readonly #count: number;
  /** The first so many bodies collide. */
  readonly #colliders: number;
  readonly #positionFirst: boolean;
  readonly #radii: Float64Array;
  readonly #masses: Float64Array;
  /** 0 for what does not move. */
  readonly #inverseMasses: Float64Array;
  readonly #maxSpeeds: Float64Array;

  constructor(copies: number, bodies: readonly Body[], integrator: Integrator = "velocity-first") {
    this.#count = bodies.length;
    this.#colliders = bodies.filter(({ collides = true }) => collides).length;
    this.#positionFirst = integrator === "position-first";
    this.positions = new Float64Array(copies * bodies.length * 2);
    this.velocities = new Float64Array(this.positions.length);
    this.forces = new Float64Array(bodies.length * 2);
    this.#radii = Float64Array.from(bodies, ({ radius }) => radius);
    this.#masses = Float64Array.from(bodies, ({ mass = 1 }) => mass);
    this.#inverseMasses = Float64Array.from(bodies, ({ mass = 1, moves = true }) => (moves ? 1 / mass : 0));
    this.#maxSpeeds = Float64Array.from(bodies, ({ maxSpeed = Number.POSITIVE_INFINITY }) => maxSpeed);
  }

  /** Sets the driving force of a body for the next `step`. @throws InvalidInputError for another move */
  setMove(body: number, move: number, strength: number): void {
    const x = MOVE_X[move];
    if (x === undefined) {
      throw new InvalidInputError(
        `agent ${body} chose action ${move}; it must be an integer from 0 to ${MOVES - 1}`,
      );
    }
    this.forces[2 * body] = strength * x;
    this.forces[2 * body + 1] = strength * MOVE_Y[move];
  }

  /** Moves the bodies of one copy by a time step under `forces`. */
  step(copy: number): void {
    const start = copy * this.#count * 2;
    this.#addContacts(start);
    const { positions, velocities, forces } = this;
    const count = this.#count;
    const positionFirst = this.#positionFirst;
    const inverse = this.#inverseMasses;
    const maxSpeeds = this.#maxSpeeds;
    for (let body = 0; body < count; body++) {
      if (inverse[body] === 0) continue;
      const i = start + 2 * body;
      const impulse = inverse[body] * TIME_STEP;
      let vx = velocities[i] * KEPT_VELOCITY + forces[2 * body] * impulse;
      let vy = velocities[i + 1] * KEPT_VELOCITY + forces[2 * body + 1] * impulse;
      const square = vx * vx + vy * vy;
      const maxSpeed = maxSpeeds[body];
      if (square > maxSpeed * maxSpeed) {
        const slower = maxSpeed / Math.sqrt(square);
        vx *= slower;
        vy *= slower;
      }
      positions[i] += (positionFirst ? velocities[i] : vx) * TIME_STEP;
      positions[i + 1] += (positionFirst ? velocities[i + 1] : vy) * TIME_STEP;
      velocities[i] = vx;
      velocities[i + 1] = vy;
    }
  }

  #addContacts(start: number): void {
    const { positions, forces } = this;
    const radii = this.#radii;
    const masses = this.#masses;
    const inverse = this.#inverseMasses;
    const colliders = this.#colliders;
    for (let a = 0; a < colliders; a++) {
      const ax = positions[start + 2 * a];
      const ay = positions[start + 2 * a + 1];
      let sumX = forces[2 * a];
      let sumY = forces[2 * a + 1];
      for (let b = a + 1; b < colliders; b++) {
        const dx = ax - positions[start + 2 * b];
        const dy = ay - positions[start + 2 * b + 1];
        const touching = radii[a] + radii[b];
        const range = touching + CONTACT_RANGE;
        const square = dx * dx + dy * dy;
        if (square > range * range) continue;
        const distance = Math.sqrt(square);
        const depth = softplus((touching - distance) * CONTACT_STIFFNESS) * CONTACT_MARGIN;
        const size = CONTACT_FORCE * depth;
        // Bodies in the same place part along x, the first one to the right.
        const scale = distance > 0 ? size / distance : 0;
        const fx = distance > 0 ? scale * dx : size;
        const fy = scale * dy;
        const onA = masses[b] * inverse[a];
        const onB = masses[a] * inverse[b];
        sumX += onA * fx;
        sumY += onA * fy;
        forces[2 * b] -= onB * fx;
        forces[2 * b + 1] -= onB * fy;
      }
      forces[2 * a] = sumX;
      forces[2 * a + 1] = sumY;
    }
  }
}
