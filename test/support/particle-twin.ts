/** The particle physics and Cooperative Navigation once more, straight from the formulas, one object a body. */

export interface TwinBody {
  p: [number, number];
  v: [number, number];
  readonly radius: number;
  readonly mass: number;
  readonly maxSpeed: number;
  readonly moves?: boolean;
  readonly collides?: boolean;
}

export type Vector = [number, number];
const plus = ([a, b]: Vector, [c, d]: Vector): Vector => [a + c, b + d];
export const minus = ([a, b]: Vector, [c, d]: Vector): Vector => [a - c, b - d];
export const times = (k: number, [a, b]: Vector): Vector => [k * a, k * b];
export const norm = ([a, b]: Vector) => Math.hypot(a, b);

/** 100 · 10⁻³ · ln(1 + exp((d_min − d)/10⁻³)), in a form that cannot overflow. */
function contactSize(distance: number, touching: number): number {
  const x = (touching - distance) / 1e-3;
  return 100 * 1e-3 * (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
}

export function stepTwin(bodies: TwinBody[], drives: readonly Vector[], positionFirst = false): void {
  const forces = bodies.map((a, i) =>
    bodies.reduce<Vector>((sum, b, j) => {
      if (i === j || a.collides === false || b.collides === false) return sum;
      const apart = minus(a.p, b.p);
      const force = times(contactSize(norm(apart), a.radius + b.radius) / norm(apart), apart);
      return plus(sum, times(b.mass / a.mass, force));
    }, drives[i]),
  );
  for (const [i, body] of bodies.entries()) {
    if (body.moves === false) continue;
    if (positionFirst) body.p = plus(body.p, times(0.1, body.v));
    body.v = plus(times(0.75, body.v), times(0.1 / body.mass, forces[i]));
    if (norm(body.v) > body.maxSpeed) body.v = times(body.maxSpeed / norm(body.v), body.v);
    if (!positionFirst) body.p = plus(body.p, times(0.1, body.v));
  }
}

export const DIRECTIONS: readonly Vector[] = [
  [0, 0],
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
];

export interface TwinScene {
  readonly agents: TwinBody[];
  readonly landmarks: readonly Vector[];
}

export function makeScene(
  positions: readonly Vector[],
  velocities: readonly Vector[],
  landmarks: readonly Vector[],
): TwinScene {
  const agents = positions.map(
    (p, i): TwinBody => ({ p, v: velocities[i], radius: 0.15, mass: 1, maxSpeed: Infinity }),
  );
  return { agents, landmarks };
}

/** Moves the agents of a scene and returns their rewards. */
export function stepScene({ agents, landmarks }: TwinScene, actions: readonly number[]): number[] {
  stepTwin(
    agents,
    actions.map((action) => times(5, DIRECTIONS[action])),
  );
  const rewards = agents.map((a) => -agents.filter((b) => a !== b && norm(minus(a.p, b.p)) < 0.3).length);
  for (const landmark of landmarks)
    rewards[0] -= Math.min(...agents.map(({ p }) => norm(minus(p, landmark))));
  return rewards;
}

export function observeScene({ agents, landmarks }: TwinScene): number[] {
  return agents.flatMap((a) => [
    ...a.v,
    ...a.p,
    ...landmarks.flatMap((landmark) => minus(landmark, a.p)),
    ...agents.filter((b) => b !== a).flatMap((b) => minus(b.p, a.p)),
  ]);
}
