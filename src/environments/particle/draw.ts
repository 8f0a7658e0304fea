/** Pictures of particle worlds: landmarks as small dark dots, agents as coloured discs. */
import type { Drawing, Shape } from "../environment.ts";
import type { Point } from "./points.ts";

/** Distinguishable also without colour vision (Okabe & Ito 2008). */
const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"] as const;
const LANDMARK_COLOR = "#333333";
/** Half the width of what is always visible. */
const HALF_VIEW = 1.5;

export interface Particle {
  readonly at: Point;
  readonly radius: number;
  /** Agents take the colours in turn; landmarks are dark. */
  readonly landmark?: boolean;
  readonly label?: string;
}

/** The square around the start area, widened until every particle is inside. */
export function drawParticles(particles: readonly Particle[]): Drawing {
  let agent = 0;
  let half = HALF_VIEW;
  const shapes = particles.map(({ at: [x, y], radius, landmark, label }): Shape => {
    half = Math.max(half, Math.abs(x) + radius, Math.abs(y) + radius);
    const color = landmark ? LANDMARK_COLOR : COLORS[agent++ % COLORS.length];
    return { kind: "circle", x, y, radius, color, ...(label === undefined ? {} : { label }) };
  });
  return { view: [-half, -half, half, half], shapes };
}
