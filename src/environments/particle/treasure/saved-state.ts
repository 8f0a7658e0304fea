/** One copy of Cooperative Treasure Collection as plain JSON, from which any step can be replayed. */
import * as v from "valibot";
import { validate } from "../../../validation/validate.ts";
import { type Point, point, pointsSchema, readPoints, writePoints } from "../points.ts";
import { NOTHING, type TreasureScene } from "./scene.ts";

export interface TreasureState {
  /** [hunters, then banks] each. */
  readonly positions: readonly Point[];
  readonly velocities: readonly Point[];
  /** [hunters]: the type of what a hunter holds; null for empty hands. */
  readonly holding: readonly (number | null)[];
  readonly treasures: readonly Treasure[];
  /** Whether pick-ups, drops and respawns of the last step are still to come. @defaultValue false */
  readonly unsettled?: boolean;
}

/** One that is not alive was taken, and comes back after the next step. */
export interface Treasure {
  readonly position: Point;
  readonly type: number;
  readonly alive: boolean;
}

export function saveTreasureState(scene: TreasureScene, copy: number): TreasureState {
  const { agents, hunters, treasures, world, holding, types, places, alive, unsettled } = scene;
  const held = holding.subarray(copy * hunters, (copy + 1) * hunters);
  const positions = readPoints(places, copy * treasures * 2, treasures);
  return {
    positions: readPoints(world.positions, copy * agents * 2, agents),
    velocities: readPoints(world.velocities, copy * agents * 2, agents),
    holding: Array.from(held, (type) => (type === NOTHING ? null : type)),
    treasures: positions.map((position, i) => {
      const t = copy * treasures + i;
      return { position, type: types[t], alive: alive[t] === 1 };
    }),
    unsettled: unsettled[copy] === 1,
  };
}

/** @param id names the environment in messages @throws InvalidInputError naming all that is wrong */
export function loadTreasureState(scene: TreasureScene, copy: number, state: unknown, id: string): void {
  const { agents, hunters, treasures, world } = scene;
  const parsed = validate(stateSchema(scene), state, `state of ${id}`);
  writePoints(parsed.positions, world.positions, copy * agents * 2);
  writePoints(parsed.velocities, world.velocities, copy * agents * 2);
  for (const [i, type] of parsed.holding.entries()) scene.holding[copy * hunters + i] = type ?? NOTHING;
  for (const [i, { type, alive }] of parsed.treasures.entries()) {
    scene.types[copy * treasures + i] = type;
    scene.alive[copy * treasures + i] = alive ? 1 : 0;
  }
  const places = parsed.treasures.map(({ position }) => position);
  writePoints(places, scene.places, copy * treasures * 2);
  scene.unsettled[copy] = parsed.unsettled ? 1 : 0;
  scene.measure(copy);
}

function stateSchema({ agents, hunters, banks, treasures }: TreasureScene) {
  const type = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(banks - 1));
  const treasure = v.strictObject({ position: point, type, alive: v.boolean() });
  return v.strictObject({
    positions: pointsSchema(agents),
    velocities: pointsSchema(agents),
    holding: v.pipe(v.array(v.nullable(type)), v.length(hunters)),
    treasures: v.pipe(v.array(treasure), v.length(treasures)),
    unsettled: v.optional(v.boolean(), false),
  });
}
