/** A field as plain JSON, and back. */
import * as v from "valibot";
import { InvalidInputError } from "../../validation/errors.ts";
import { validate } from "../../validation/validate.ts";
import type { ForagingField } from "./field.ts";

/** A player or piece of food. */
export interface Thing {
  readonly row: number;
  readonly column: number;
  /** 0 for food that was eaten or did not fit. */
  readonly level: number;
}

/** One copy, from which any step can be replayed. */
export interface ForagingState {
  /** [players]. */
  readonly players: readonly Thing[];
  /** [food], from the top row down and from left to right. */
  readonly food: readonly Thing[];
  /** Sum of the levels of all food at the start of the episode; 0 when players left no room for any. */
  readonly spawned: number;
}

export function saveField({
  size,
  cells,
  levels,
  foodCells,
  foodLevels,
  spawned,
}: ForagingField): ForagingState {
  const thing = (cell: number, level: number): Thing => ({
    row: Math.floor(cell / size),
    column: cell % size,
    level,
  });
  return {
    players: Array.from(cells, (cell, i) => thing(cell, levels[i])),
    food: Array.from(foodCells, (cell, f) => thing(cell, foodLevels[f])),
    spawned,
  };
}

/** @throws InvalidInputError for a state of another field, with two things in one cell or more food than spawned */
export function loadField(field: ForagingField, state: unknown, what: string): void {
  const { size, cells, levels, foodCells, foodLevels } = field;
  const from = (low: number, high = 1_000_000) =>
    v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
  const thing = (level: number) =>
    v.strictObject({ row: from(0, size - 1), column: from(0, size - 1), level: from(level) });
  const schema = v.strictObject({
    players: v.pipe(v.array(thing(1)), v.length(cells.length)),
    food: v.pipe(v.array(thing(0)), v.length(foodCells.length)),
    spawned: from(0),
  });
  const { players, food, spawned } = validate(schema, state, what);
  const cellOf = ({ row, column }: Thing) => row * size + column;
  const present = [...players, ...food.filter(({ level }) => level > 0)].map(cellOf);
  const left = food.reduce((sum, { level }) => sum + level, 0);
  if (left > spawned) {
    throw new InvalidInputError(
      `${what}: spawned is ${spawned}, but the levels of the food that is left sum to ${left}; it must be at least that`,
    );
  }
  const shared = present.find((cell, i) => present.indexOf(cell) !== i);
  if (shared !== undefined) {
    throw new InvalidInputError(
      `${what}: row ${Math.floor(shared / size)}, column ${shared % size} holds two things; give each its own cell`,
    );
  }
  cells.set(players.map(cellOf));
  levels.set(players.map(({ level }) => level));
  foodCells.set(food.map(cellOf));
  foodLevels.set(food.map(({ level }) => level));
  field.spawned = spawned;
}
