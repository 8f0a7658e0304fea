/** What simple tag and simple world comm have in common: A fast adversaries chase G faster good agents. */
import { exp } from "../../tensor/math.ts";
import { colorOf } from "../particle/draw.ts";
import type { MpeScene } from "./scene.ts";
import type { MpeAgent } from "./task.ts";

export const ADVERSARY: Omit<MpeAgent, "name"> = {
  radius: 0.075,
  drive: 3,
  maxSpeed: 1,
  collides: true,
  color: colorOf(5),
};
export const GOOD: Omit<MpeAgent, "name" | "radius"> = {
  drive: 4,
  maxSpeed: 1.3,
  collides: true,
  color: colorOf(2),
};
export const OBSTACLE = { radius: 0.2, collides: true, spread: 0.9 } as const;

/**
 * What it costs a good agent to be far out, Σ over x and y of: 0 for |x| < 0.9, 10 (|x| − 0.9) for |x| < 1,
 * then e^{2|x| − 2}, at most 10.
 */
export function boundaryCost(scene: MpeScene, agent: number): number {
  const { positions } = scene.world;
  const i = scene.index(agent);
  return coordinateCost(Math.abs(positions[i])) + coordinateCost(Math.abs(positions[i + 1]));
}

function coordinateCost(x: number): number {
  if (x < 0.9) return 0;
  return x < 1 ? (x - 0.9) * 10 : Math.min(exp(2 * x - 2), 10);
}

/** How many of the bodies from … to − 1 a body touches. */
export function contacts(scene: MpeScene, body: number, from: number, to: number): number {
  let count = 0;
  for (let other = from; other < to; other++) if (scene.touch(body, other)) count++;
  return count;
}
