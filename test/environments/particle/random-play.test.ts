/**
 * Both particle worlds against others: an independent simulation of 2,000 episodes a row, and the first iterations
 * of the authors' own runs (Li & He 2020), in which every agent makes the same random move.
 */
import { test } from "uvu";
import { cooperativeNavigation } from "../../../src/environments/particle/cooperative-navigation.ts";
import { treasureCollection } from "../../../src/environments/particle/treasure-collection.ts";
import { close } from "../../support/close.ts";
import { type Moments, playRandomly } from "../../support/random-play.ts";

const EPISODES = 2000;

interface Row {
  readonly world: "navigation" | "treasure";
  readonly agents: number;
  readonly shared: boolean;
  /** The team's return: mean and its standard error. */
  readonly team: readonly [number, number];
  /** Its standard deviation. */
  readonly deviation?: number;
  /** Mean return of an agent that is paid for collisions alone, to two digits: agents 1 … or hunters. */
  readonly collisions?: number;
  /** First iteration of the authors' runs, 100 episodes: mean return, standard error. */
  readonly logged?: readonly [number, number];
}

const rows: readonly Row[] = [
  {
    world: "navigation",
    agents: 3,
    shared: false,
    team: [-265.7, 1.6],
    deviation: 72,
    collisions: -1.35,
  },
  {
    world: "navigation",
    agents: 3,
    shared: true,
    team: [-300.3, 2.6],
    deviation: 118,
    collisions: -0.02,
    logged: [-292.4, 11.6],
  },
  { world: "navigation", agents: 6, shared: false, team: [-393.6, 1.7] },
  { world: "navigation", agents: 6, shared: true, team: [-478.2, 4.3], logged: [-478.7, 19] },
  { world: "treasure", agents: 8, shared: false, team: [-20.7, 1.9], deviation: 82, collisions: -4.7 },
  {
    world: "treasure",
    agents: 8,
    shared: true,
    team: [1.6, 1.6],
    deviation: 70,
    collisions: -0.04,
    logged: [11.3, 7.2],
  },
  { world: "treasure", agents: 12, shared: false, team: [217.7, 4.3], deviation: 193 },
  { world: "treasure", agents: 12, shared: true, team: [271.9, 3.7], deviation: 166 },
];

function play({ world, agents, shared }: Row): Record<"team" | "collisions", Moments> {
  const definition =
    world === "treasure" ? treasureCollection({ agents }) : cooperativeNavigation({ agents });
  return playRandomly(definition, { episodes: EPISODES, shared }, (returns) => {
    const unpaid = world === "treasure" ? returns.slice(0, agents - 2) : returns.slice(1);
    return { team: sum(returns), collisions: sum(unpaid) / unpaid.length };
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

for (const row of rows) {
  const moves = row.shared ? "one random move" : "random moves";
  test(`${row.world} with ${row.agents} agents and ${moves} has the known returns`, () => {
    const { team, collisions } = play(row);
    const agrees = ([mean, error]: readonly [number, number], what: string) =>
      close(team.mean, mean, 3 * Math.sqrt(team.error ** 2 + error ** 2), what);
    agrees(row.team, "team's return");
    if (row.logged) agrees(row.logged, "team's return in the logs");
    // Deviations of samples with heavy tails: three times 3 %.
    if (row.deviation) close(team.deviation, row.deviation, 0.09 * row.deviation, "deviation");
    // Both samples are of the same size; the known mean is rounded.
    const rounding = row.world === "treasure" && !row.shared ? 0.05 : 0.005;
    const tolerance = 3 * Math.SQRT2 * collisions.error + rounding;
    if (row.collisions !== undefined) close(collisions.mean, row.collisions, tolerance, "collisions");
  });
}

test.run();
