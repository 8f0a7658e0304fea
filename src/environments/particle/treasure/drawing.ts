/** Treasures as dots, banks as rings in the colour of their type; a hunter has the colour of what it holds. */
import type { Drawing } from "../../environment.ts";
import { colorOf, drawParticles } from "../draw.ts";
import type { TreasureState } from "./saved-state.ts";
import { BANK_RADIUS, HUNTER_RADIUS, TREASURE_RADIUS } from "./scene.ts";

const EMPTY_HANDS = "#7b8794";

export function drawTreasures({ positions, holding, treasures }: TreasureState): Drawing {
  const banks = positions.slice(holding.length);
  return drawParticles([
    ...banks.map((at, type) => ({
      at,
      radius: BANK_RADIUS,
      color: colorOf(type),
      label: `B${type}`,
      outline: true,
    })),
    ...treasures.map(({ position, type, alive }) =>
      alive ? { at: position, radius: TREASURE_RADIUS, color: colorOf(type) } : null,
    ),
    ...holding.map((type, h) => ({
      at: positions[h],
      radius: HUNTER_RADIUS,
      color: type === null ? EMPTY_HANDS : colorOf(type),
      label: `${h}`,
    })),
  ]);
}
