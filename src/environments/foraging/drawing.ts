/** Pictures of a field: its grid, food as small discs and players as discs, each with its level. */
import type { Drawing, Shape } from "../environment.ts";
import type { ForagingField } from "./field.ts";

/** Distinguishable also without colour vision (Okabe & Ito 2008). */
const FOOD = "#009e73";
const PLAYER = "#0072b2";
const GRID = "#cccccc";
const FOOD_RADIUS = 0.3;
const PLAYER_RADIUS = 0.38;
const GRID_WIDTH = 0.03;

/** Row 0 is at the top. The shapes: grid, food in order (null once eaten), players in order. */
export function drawField({ size, cells, levels, foodCells, foodLevels }: ForagingField): Drawing {
  const circle = (cell: number, level: number, look: { radius: number; color: string }): Shape => ({
    kind: "circle",
    x: (cell % size) + 0.5,
    y: size - Math.floor(cell / size) - 0.5,
    label: `${level}`,
    ...look,
  });
  const food = Array.from(foodCells, (cell, f): Shape | null =>
    foodLevels[f] > 0 ? circle(cell, foodLevels[f], { radius: FOOD_RADIUS, color: FOOD }) : null,
  );
  const players = Array.from(cells, (cell, i) =>
    circle(cell, levels[i], { radius: PLAYER_RADIUS, color: PLAYER }),
  );
  return { view: [0, 0, size, size], shapes: [...gridLines(size), ...food, ...players] };
}

function gridLines(size: number): Shape[] {
  const line = (...points: [number, number][]): Shape => ({
    kind: "line",
    points,
    color: GRID,
    width: GRID_WIDTH,
  });
  return Array.from({ length: size + 1 }, (_, k) => [
    line([0, k], [size, k]),
    line([k, 0], [k, size]),
  ]).flat();
}
