/**
 * The two worlds of the paper with any number of agents, and what its settings say for each (Li & He 2020,
 * Table I).
 */
import { NAVIGATION_ID } from "../../environments/particle/cooperative-navigation.ts";
import { TREASURE_ID } from "../../environments/particle/treasure-collection.ts";

export type WorldName = "navigation" | "treasure";

interface World {
  readonly title: string;
  readonly environment: string;
  /** Options with this many agents. */
  readonly options: (agents: number) => object;
  /** What `agents` are, for titles. */
  readonly team: (agents: number) => string;
  /** The paper's settings, smallest team first. */
  readonly settings: readonly PaperSettings[];
}

export interface PaperSettings {
  readonly agents: number;
  /** K */
  readonly admmIterations: number;
  /** ρ */
  readonly penalty: number;
  /** δ */
  readonly maxKl: number;
}

/** The paper's collections have two banks. */
const BANKS = 2;

export const worlds: Readonly<Record<WorldName, World>> = {
  navigation: {
    title: "Cooperative navigation",
    environment: NAVIGATION_ID,
    options: (agents) => ({ agents }),
    team: (agents) => `${agents} agents`,
    settings: [
      { agents: 3, admmIterations: 100, penalty: 1, maxKl: 0.003 },
      { agents: 6, admmIterations: 150, penalty: 1, maxKl: 0.003 },
    ],
  },
  treasure: {
    title: "Treasure collection",
    environment: TREASURE_ID,
    options: (agents) => ({ hunters: agents - BANKS, banks: BANKS }),
    team: (agents) => `${agents - BANKS} hunter${agents - BANKS === 1 ? "" : "s"} and ${BANKS} banks`,
    settings: [
      { agents: 8, admmIterations: 200, penalty: 5, maxKl: 0.001 },
      { agents: 12, admmIterations: 500, penalty: 5, maxKl: 0.001 },
    ],
  },
};

/**
 * Table I for this many agents; where it has no such row, the row of the next larger team, else the largest.
 */
export function paperSettings(world: WorldName, agents: number): PaperSettings {
  const { settings } = worlds[world];
  return settings.find((row) => row.agents >= agents) ?? settings[settings.length - 1];
}
