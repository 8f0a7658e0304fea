/**
 * Training as TensorBoard shows it: a file of events in the directory of the run. A run that goes on starts
 * another file, whose first events void the steps that are made again, so that none is shown twice.
 */
import { restartRecord, scalarsRecord, versionRecord } from "../formats/tensorboard-events.ts";
import { appendSynced, fileSystem, writeAtomically } from "./files.ts";
import type { EvaluationMetrics, IterationMetrics } from "./metrics.ts";

/** Of a file that is being begun: no name that TensorBoard would read, and one that the next start takes away. */
const TEMPORARY = "tensorboard.tmp";
const FILE = /^events\.out\.tfevents\.(\d+)\./;

export class TensorBoardWriter {
  readonly #directory: string;
  readonly #agents: readonly string[];
  #path: string | undefined;

  /**
   * Nothing is written before the first iteration.
   * @param directory where the file is to be; made when it is not there
   * @param agents names of the agents, in order, such as `model.spec.agents`
   */
  constructor(directory: string, agents: readonly string[]) {
    this.#directory = directory;
    this.#agents = agents;
  }

  /** Writes iterations, each at the step `environmentSteps`. As `onIteration`, learning waits for the disk. */
  async add(...lines: readonly IterationMetrics[]): Promise<void> {
    if (lines.length === 0) return;
    const wallTime = Date.now() / 1000;
    const records = lines.map((line) =>
      scalarsRecord(wallTime, line.environmentSteps, scalarsOf(line, this.#agents)),
    );
    if (this.#path !== undefined) return appendSynced(this.#path, join(records));
    records.unshift(versionRecord(wallTime), restartRecord(wallTime, lines[0].environmentSteps));
    const path = await this.#newPath(Math.floor(wallTime));
    // Whole or not at all: a file without its records would pass for one that has the iterations so far.
    await writeAtomically(path, join(records), fileSystem(), this.#inDirectory(TEMPORARY));
    this.#path = path;
  }

  /** Whether the directory has event files; one that a kill has left empty is none. */
  async hasBegun(): Promise<boolean> {
    const sizes = (await this.#names()).map((name) => fileSystem().stat(this.#inDirectory(name)));
    return (await Promise.all(sizes)).some(({ size }) => size > 0);
  }

  /** TensorBoard reads files in the order of their names: the new one comes last even if clocks went back. */
  async #newPath(now: number): Promise<string> {
    await fileSystem().mkdir(this.#directory, { recursive: true });
    const times = (await this.#names()).map((name) => Number(FILE.exec(name)?.[1]));
    const time = Math.max(now, ...times.map((earlier) => earlier + 1));
    return this.#inDirectory(`events.out.tfevents.${String(time).padStart(10, "0")}.marlstone`);
  }

  /** Of the event files, which say seconds. */
  async #names(): Promise<string[]> {
    const names = await fileSystem()
      .readdir(this.#directory)
      .catch(() => []);
    return names.filter((name) => FILE.test(name));
  }

  #inDirectory(name: string): string {
    return process.getBuiltinModule("node:path").join(this.#directory, name);
  }
}

/**
 * The numbers of an iteration by tag. Those of agents have the agent behind a slash; entries of `details`
 * keep their names; what is null is left out.
 */
export function scalarsOf(line: IterationMetrics, agents: readonly string[]): Map<string, number> {
  const { seconds } = line;
  const entries: readonly Entry[] = [
    ["return", line.meanReturn],
    ["return", line.agentReturns],
    ["episodeLength", line.meanEpisodeLength],
    ["kl", line.kl],
    ["jointKl", line.jointKl],
    ["entropy", line.entropy],
    ["explainedVariance", line.explainedVariance],
    ["consensusResidual", line.consensusResidual],
    ["relativeConsensusResidual", line.relativeConsensusResidual],
    ...Object.entries(line.details ?? {}).map(([name, value]): Entry => [name, readOf(name, value)]),
    ...evaluationEntries(line.evaluation),
    ["seconds/sample", seconds.sample],
    ["seconds/value", seconds.value],
    ["seconds/policy", seconds.policy],
    ["seconds/evaluation", seconds.phases?.evaluation],
    ["seconds/total", seconds.total],
  ];
  return new Map(entries.flatMap(([tag, value]) => flatten(tag, value, agents)));
}

type Entry = readonly [
  tag: string,
  value: number | null | undefined | readonly (number | null | undefined)[],
];

/** An order lists agents, first to last; by agent it is the place of each, from 1. */
function readOf(name: string, value: number | readonly number[]): number | readonly number[] {
  if (name !== "order" || typeof value === "number") return value;
  return value.map((_, agent) => value.indexOf(agent) + 1);
}

function evaluationEntries(evaluation: EvaluationMetrics | undefined): Entry[] {
  if (!evaluation) return [];
  return [
    ["evaluation/return", evaluation.return],
    ["evaluation/return", evaluation.agentReturns],
    ["evaluation/episodeLength", evaluation.length],
    ...Object.entries(evaluation.metrics).map(([name, value]): Entry => [`evaluation/${name}`, value]),
  ];
}

/** One number, or one for each agent; lists of another length are numbered. */
function flatten(tag: string, value: Entry[1], agents: readonly string[]): [string, number][] {
  if (value === null || value === undefined) return [];
  if (typeof value === "number") return [[tag, value]];
  const names = value.length === agents.length ? agents : value.map((_, index) => `${index}`);
  return value.flatMap((entry, i) => flatten(`${tag}/${names[i]}`, entry, agents));
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}
