/** Scenes of level-based foraging drawn as text: digits are food, letters players, dots nothing. */

import { levelBasedForaging } from "../../src/environments/foraging/level-based.ts";
import type { ForagingOptions } from "../../src/environments/foraging/options.ts";
import type { ForagingState, Thing } from "../../src/environments/foraging/saved-state.ts";
import { type VectorisedEnv, vectorise } from "../../src/environments/vectorise.ts";

/** The actions by name. */
export const [stay, north, south, west, east, load] = [0, 1, 2, 3, 4, 5];

/**
 * An environment of one copy in this scene.
 * @param rows lines of equal number; "A" is player 0, "B" player 1, …; a digit is food of that level
 * @param levels of the players
 */
export function stageField(
  rows: readonly string[],
  levels: readonly number[],
  options: ForagingOptions = {},
): VectorisedEnv<ForagingState> {
  const things = rows.flatMap((text, row) =>
    [...text].map((mark, column) => ({ mark, row, column })).filter(({ mark }) => mark !== "."),
  );
  const food = things
    .filter(({ mark }) => /\d/.test(mark))
    .map(({ mark, ...at }) => ({ ...at, level: Number(mark) }));
  const players = levels.map((level, i): Thing => {
    const { row, column } = things.find(({ mark }) => mark === "ABCDEF"[i]) as (typeof things)[number];
    return { row, column, level };
  });
  const env = vectorise(
    levelBasedForaging({ size: rows.length, players: levels.length, food: food.length, ...options }),
  );
  env.loadState(0, { state: { players, food, spawned: food.reduce((sum, { level }) => sum + level, 0) } });
  return env;
}

/** The scene as `stageField` takes it. */
export function showField(env: VectorisedEnv<ForagingState>, size: number): string[] {
  const { players, food } = env.saveState(0).state;
  const rows = Array.from({ length: size }, () => new Array<string>(size).fill("."));
  for (const { row, column, level } of food) if (level > 0) rows[row][column] = `${level}`;
  for (const [i, { row, column }] of players.entries()) rows[row][column] = "ABCDEF"[i];
  return rows.map((row) => row.join(""));
}
