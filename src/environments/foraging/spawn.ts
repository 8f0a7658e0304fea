/** Puts players and food onto a field: where lb-foraging may put them, every place equally likely. */
import type { Random } from "../../tensor/random.ts";
import type { ForagingField } from "./field.ts";

/** The lowest levels that count for the highest level of food. */
const HELPERS = 3;

/**
 * Players stand anywhere, on cells of their own, with levels uniform from 1 to `maxLevel`. Food lies off the edge, not
 * on players, with no other food among the eight cells around it nor two cells away in its row or column, so that no
 * cell is beside two pieces. Its level is uniform from 1 to the sum of the three lowest players' levels, or that sum.
 */
export function spawn(field: ForagingField, maxLevel: number, forceCoop: boolean, random: Random): void {
  const { size, cells, levels } = field;
  cells.fill(-1);
  for (let i = 0; i < cells.length; i++) {
    cells[i] = pick(size, (cell) => !cells.includes(cell), random);
    levels[i] = 1 + random.integer(maxLevel);
  }
  const highest = [...levels]
    .sort((a, b) => a - b)
    .slice(0, HELPERS)
    .reduce((sum, level) => sum + level, 0);
  spawnFood(field, highest, forceCoop, random);
}

function spawnFood(field: ForagingField, highest: number, forceCoop: boolean, random: Random): void {
  const { size, cells, foodLevels } = field;
  const placed: { readonly cell: number; readonly level: number }[] = [];
  const free = (cell: number) =>
    isInside(cell, size) && !cells.includes(cell) && placed.every((other) => !isNear(cell, other.cell, size));
  while (placed.length < foodLevels.length) {
    const cell = pick(size, free, random);
    if (cell < 0) break;
    placed.push({ cell, level: forceCoop ? highest : 1 + random.integer(highest) });
  }
  placed.sort((a, b) => a.cell - b.cell);
  for (let f = 0; f < foodLevels.length; f++) {
    field.foodCells[f] = placed[f]?.cell ?? 0;
    foodLevels[f] = placed[f]?.level ?? 0;
  }
  field.spawned = foodLevels.reduce((sum, level) => sum + level, 0);
}

/** One of the cells that `allowed` allows, each equally likely; −1 if there is none. */
function pick(size: number, allowed: (cell: number) => boolean, random: Random): number {
  const cells: number[] = [];
  for (let cell = 0; cell < size * size; cell++) if (allowed(cell)) cells.push(cell);
  return cells.length === 0 ? -1 : cells[random.integer(cells.length)];
}

function isInside(cell: number, size: number): boolean {
  const row = Math.floor(cell / size);
  const column = cell % size;
  return row > 0 && row < size - 1 && column > 0 && column < size - 1;
}

/** Whether two pieces of food would be too close. */
function isNear(a: number, b: number, size: number): boolean {
  const rows = Math.abs(Math.floor(a / size) - Math.floor(b / size));
  const columns = Math.abs((a % size) - (b % size));
  return Math.max(rows, columns) <= 1 || (Math.min(rows, columns) === 0 && Math.max(rows, columns) <= 2);
}
