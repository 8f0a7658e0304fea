/**
 * What critics see and what they are paid. A critic has one view of the batch, common to all agents (a central critic on
 * the state alone), or one for each agent that it judges.
 */
import type { AgentBatch, Batch } from "../../rollouts/batch.ts";
import { InvalidInputError } from "../../validation/errors.ts";
import type { TaskShape } from "../algorithm.ts";
import type { FamilySettings } from "./options.ts";
import { takeColumns } from "./rows.ts";
import { stackRows } from "./sharing.ts";

type ViewSettings = Pick<
  FamilySettings,
  "critic" | "criticInput" | "criticSharing" | "teamReward" | "deathMasking"
>;

/** One critic's place in the team. */
export interface CriticPlan {
  /** Whom it judges, each by a view of its own; in a common view, everybody by the same. */
  readonly agents: readonly number[];
  /** One view for all of them. */
  readonly common: boolean;
  readonly inputSize: number;
}

/** Which of a critic's views is of one of its agents. */
export const viewOf = ({ agents, common }: CriticPlan, agent: number): number =>
  common ? 0 : agents.indexOf(agent);

/** What a critic has of a batch: its views one below another. */
export interface CriticView {
  /** [views · rows, inputSize]. */
  readonly input: Float32Array;
  /** [views · cuts, inputSize]: what followed each cut row. */
  readonly cutInput: Float32Array;
  /** [views] of [rows]. */
  readonly rewards: readonly Float32Array[];
}

/** The critics of a task. @throws InvalidInputError for settings that contradict each other or the task */
export function criticPlans(task: TaskShape, settings: ViewSettings): CriticPlan[] {
  const { critic, criticInput, criticSharing, teamReward } = settings;
  const all = [...task.agents.keys()];
  requireInput(task, settings);
  const common = critic === "central" && criticInput === "state" && criticSharing === "one";
  if (common && teamReward === "own" && all.length > 1) {
    throw new InvalidInputError(
      'teamReward is "own", but one central critic on the state alone has one reward for all; use "sum" or "mean", ' +
        'or criticSharing "separate".',
    );
  }
  if (common) return [{ agents: all, common, inputSize: stateSize(task) }];
  const width = (agent: number) => rowSize(task, settings, agent);
  if (criticSharing === "separate") {
    return all.map((agent) => ({ agents: [agent], common, inputSize: width(agent) }));
  }
  if (all.some((agent) => width(agent) !== width(0))) {
    throw new InvalidInputError(
      'criticSharing is "one", but the agents\' observations have different sizes ' +
        `[${task.observationSizes}]; use "separate", or critic "central" with criticInput "state".`,
    );
  }
  return [{ agents: all, common, inputSize: width(0) + (all.length > 1 ? all.length : 0) }];
}

function requireInput({ agentStateSize }: TaskShape, { critic, criticInput }: ViewSettings): void {
  if (critic === "local" && criticInput !== "state") {
    throw new InvalidInputError(
      `criticInput is "${criticInput}", but critic is "local", which sees its agent's observation alone; set criticInput to "state", or critic to "central".`,
    );
  }
  if (criticInput === "agent-state" && agentStateSize === 0) {
    throw new InvalidInputError(
      'criticInput is "agent-state", but the environment has no view of the state for each agent; use "state-and-observation".',
    );
  }
}

/** The views of one critic. */
export function criticView(
  task: TaskShape,
  settings: ViewSettings,
  { agents, common }: CriticPlan,
  batch: Batch,
): CriticView {
  const { rows, cuts } = batch;
  if (common) {
    return {
      input: commonState(task, batch, "observations", rows),
      cutInput: commonState(task, batch, "cutObservations", cuts.length),
      rewards: [teamRewards(batch, settings.teamReward, 0)],
    };
  }
  const see = (what: "observations" | "cutObservations", count: number) =>
    stackRows(
      agents.map((agent) => agentRows(task, settings, batch, agent, what, count)),
      count,
      rowSize(task, settings, agents[0]),
    );
  return {
    input: see("observations", rows),
    cutInput: see("cutObservations", cuts.length),
    rewards: agents.map((agent) => teamRewards(batch, settings.teamReward, agent)),
  };
}

/** Numbers of the state that is common to all, or of all observations where there is none. */
function stateSize({ stateSize, agentStateSize, agents, observationSizes }: TaskShape): number {
  if (stateSize === 0) return observationSizes.reduce((sum, size) => sum + size, 0);
  return stateSize - agents.length * agentStateSize || stateSize;
}

/** Numbers that a critic sees of one agent's situation. */
function rowSize(task: TaskShape, { critic, criticInput }: ViewSettings, agent: number): number {
  const own = task.observationSizes[agent];
  if (critic === "local") return own;
  if (criticInput === "agent-state") return task.agentStateSize;
  return stateSize(task) + (criticInput === "state" ? 0 : own);
}

type When = "observations" | "cutObservations";

/** [count, rowSize] of one agent. */
function agentRows(
  task: TaskShape,
  settings: ViewSettings,
  batch: Batch,
  agent: number,
  what: When,
  count: number,
): Float32Array {
  const own = batch.agents[agent];
  const seen = sideBySide(agentParts(task, settings, batch, agent, what, count), count);
  if (settings.deathMasking) blank(seen, what === "observations" ? own.alive : own.cutAlive);
  return seen;
}

function agentParts(
  task: TaskShape,
  { critic, criticInput }: ViewSettings,
  batch: Batch,
  agent: number,
  what: When,
  count: number,
): Float32Array[] {
  const observation = batch.agents[agent][what];
  if (critic === "local") return [observation];
  if (criticInput === "agent-state") return [agentState(task, batch, agent, what)];
  const state = commonState(task, batch, what, count);
  return criticInput === "state" ? [state] : [state, observation];
}

const stateOf = ({ state, cutStates }: Batch, what: When): Float32Array =>
  what === "observations" ? state : cutStates;

/** [count, stateSize]; the whole state where nothing of it is common. */
function commonState(task: TaskShape, batch: Batch, what: When, count: number): Float32Array {
  const observations = batch.agents.map((agent) => agent[what]);
  if (task.stateSize === 0) return sideBySide(observations, count);
  const size = stateSize(task);
  const state = stateOf(batch, what);
  return size === task.stateSize ? state : takeColumns(state, task.stateSize, { first: 0, count: size });
}

/** [count, agentStateSize]. */
function agentState(
  { stateSize, agentStateSize, agents }: TaskShape,
  batch: Batch,
  agent: number,
  what: When,
): Float32Array {
  const first = stateSize - (agents.length - agent) * agentStateSize;
  return takeColumns(stateOf(batch, what), stateSize, { first, count: agentStateSize });
}

/** Rows of several arrays joined, a copy. */
function sideBySide(parts: readonly Float32Array[], count: number): Float32Array {
  const sizes = parts.map(({ length }) => length / count);
  const width = sizes.reduce((sum, size) => sum + size, 0);
  const joined = new Float32Array(count * width);
  let start = 0;
  for (const [i, part] of parts.entries()) {
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < sizes[i]; k++) joined[row * width + start + k] = part[row * sizes[i] + k];
    }
    start += sizes[i];
  }
  return joined;
}

/** Zeros where nobody is: one situation to learn in place of many that do not matter. */
function blank(rows: Float32Array, alive: AgentBatch["alive"]): void {
  const width = rows.length / alive.length;
  for (const [row, present] of alive.entries()) {
    if (!present) rows.fill(0, row * width, (row + 1) * width);
  }
}

function teamRewards({ agents, rows }: Batch, kind: ViewSettings["teamReward"], agent: number): Float32Array {
  if (kind === "own") return agents[agent].rewards;
  const team = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (const { rewards } of agents) sum += rewards[row];
    team[row] = kind === "sum" ? sum : sum / agents.length;
  }
  return team;
}
