/** Pictures of particle worlds: discs and rings, in colours that can be told apart. */
import type { Drawing, Shape } from "../environment.ts";
import type { Point } from "./points.ts";

/** Distinguishable also without colour vision (Okabe & Ito 2008). */
const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"] as const;
/** Half the width of what is always visible. */
const HALF_VIEW = 1.5;

export interface Particle {
  readonly at: Point;
  readonly radius: number;
  readonly color: string;
  readonly label?: string;
  /** A ring instead of a disc. @defaultValue false */
  readonly outline?: boolean;
}

/** The colours in turn. */
export function colorOf(index: number): string {
  return COLORS[index % COLORS.length];
}

/** The square around the start area, widened until every particle is inside; null is not to be seen. */
export function drawParticles(particles: readonly (Particle | null)[]): Drawing {
  let half = HALF_VIEW;
  const shapes = particles.map((particle): Shape | null => {
    if (particle === null) return null;
    const { at, radius, ...look } = particle;
    const [x, y] = at;
    half = Math.max(half, Math.abs(x) + radius, Math.abs(y) + radius);
    return { kind: "circle", x, y, radius, ...look };
  });
  return { view: [-half, -half, half, half], shapes };
}
