/** Trains one cell in a process of its own and listens to it. */
import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Lock } from "../training/lock.ts";
import type { IterationMetrics } from "../training/metrics.ts";
import type { RunConfig } from "../training/run-config.ts";
import type { Order, Outcome, Report } from "./messages.ts";

/** The same program as source under a loader and as a build. */
const program = fileURLToPath(new URL(`cell-process${extname(import.meta.url)}`, import.meta.url));

export interface ChildOptions {
  /** Learns of the process before the process may write. */
  readonly lock: Pick<Lock, "track" | "untrack">;
  /** Aborting lets the process finish its iteration and save. */
  readonly signal: AbortSignal;
  /** Of the process. */
  readonly threads: number;
  readonly onIteration: (metrics: IterationMetrics) => void;
}

/**
 * @returns how the run ended; a process that dies, or is stopped from elsewhere, is a run that failed, or was
 * interrupted if it should stop
 */
export async function trainInChild(path: string, config: RunConfig, options: ChildOptions): Promise<Outcome> {
  const { lock, signal, threads, onIteration } = options;
  const child = fork(program, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const stop = (): void => give(child, { type: "stop" });
  const ended = listen(child, onIteration);
  signal.addEventListener("abort", stop);
  try {
    if (child.pid !== undefined) {
      await lock.track(child.pid);
      give(child, { type: "train", path, config, threads });
    }
    const { outcome, death } = await ended;
    if (outcome && outcome.status !== "interrupted") return outcome;
    // Whoever stops all processes one by one reaches this one a moment later.
    if (!signal.aborted) await sleep(GRACE_MILLISECONDS);
    if (signal.aborted) return { status: "interrupted" };
    return { status: "failed", error: outcome ? STOPPED : death };
  } finally {
    signal.removeEventListener("abort", stop);
    if (child.connected) child.disconnect();
    if (child.pid !== undefined) lock.untrack(child.pid);
  }
}

/** A process that is gone already says so by its end. */
function give(child: ChildProcess, order: Order): void {
  if (child.connected) child.send(order, () => {});
}

function listen(child: ChildProcess, onIteration: ChildOptions["onIteration"]) {
  let outcome: Outcome | undefined;
  let complaint = "";
  child.on("message", (report: Report) => {
    if (report.type === "iteration") onIteration(report.metrics);
    else outcome = report.outcome;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = `${complaint}${text}`.slice(-COMPLAINT_LENGTH);
  });
  return new Promise<{ readonly outcome: Outcome | undefined; readonly death: string }>((resolve) => {
    child.on("error", (error) => resolve({ outcome, death: `its process did not start: ${error.message}` }));
    // Its last words may arrive after its end.
    const silence = new Promise((hush) => child.on("disconnect", hush));
    child.on("close", async (code, signal) => {
      await silence;
      const how = signal === null ? `ended with code ${code}` : `was killed by ${signal}`;
      const said = complaint.trim() === "" ? "" : `; it said: ${complaint.trim()}`;
      resolve({ outcome, death: `its process ${how}${said}` });
    });
  });
}

const COMPLAINT_LENGTH = 500;
const GRACE_MILLISECONDS = 100;
const STOPPED =
  "its process was told to stop, by SIGTERM, SIGINT or SIGHUP, while the experiment went on. What it learned is " +
  "saved; the same command continues it";
