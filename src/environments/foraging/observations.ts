/**
 * What players see, in the layout of lb-foraging: (row, column, level) of every piece of food in sight from the top
 * row down, then of the player itself, then of the others in sight; what is missing is (−1, −1, 0). Rows and columns
 * count from the first that is in sight, so that with sight over the whole field they are those of the field.
 */
import type { ForagingField } from "./field.ts";

/** Numbers in an observation, and in the central state. */
export function foragingSize(players: number, food: number): number {
  return 3 * (players + food);
}

/** Writes what `player` sees from out[at] on. */
export function writeView(
  field: ForagingField,
  player: number,
  sight: number,
  out: Float32Array,
  at: number,
): void {
  const { size, cells, levels, foodCells, foodLevels } = field;
  const view = windowAround(cells[player], sight, size);
  const end = at + foragingSize(cells.length, foodCells.length);
  let next = at;
  for (let f = 0; f < foodCells.length; f++) {
    if (foodLevels[f] > 0) next = writeThing(foodCells[f], foodLevels[f], size, view, out, next);
  }
  next = writeMissing(out, next, at + 3 * foodCells.length);
  next = writeThing(cells[player], levels[player], size, view, out, next);
  for (let i = 0; i < cells.length; i++) {
    if (i !== player) next = writeThing(cells[i], levels[i], size, view, out, next);
  }
  writeMissing(out, next, end);
}

/** Writes the whole field: food, then players in order. */
export function writeField(field: ForagingField, out: Float32Array, at: number): void {
  writeView(field, 0, field.size, out, at);
}

/** First row and column in sight, and the last ones. */
interface View {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

function windowAround(cell: number, sight: number, size: number): View {
  const row = Math.floor(cell / size);
  const column = cell % size;
  return {
    top: Math.max(row - sight, 0),
    left: Math.max(column - sight, 0),
    bottom: row + sight,
    right: column + sight,
  };
}

/** Writes a thing if it is in sight; returns where the next one goes. */
function writeThing(
  cell: number,
  level: number,
  size: number,
  { top, left, bottom, right }: View,
  out: Float32Array,
  at: number,
): number {
  const row = Math.floor(cell / size);
  const column = cell % size;
  if (row < top || row > bottom || column < left || column > right) return at;
  out[at] = row - top;
  out[at + 1] = column - left;
  out[at + 2] = level;
  return at + 3;
}

function writeMissing(out: Float32Array, from: number, end: number): number {
  for (let at = from; at < end; at += 3) {
    out[at] = -1;
    out[at + 1] = -1;
    out[at + 2] = 0;
  }
  return end;
}
