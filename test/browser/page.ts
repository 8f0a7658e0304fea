/** What the page and the worker run: the short runs and the crowded world, with kernels that nobody configured. */
import { printWorld } from "../reproducibility/crowded-world.ts";
import { printLargeRun } from "../reproducibility/large-run.ts";
import { type Prints, printRuns } from "../reproducibility/short-runs.ts";
import { countWasmInstances } from "../reproducibility/wasm-instances.ts";

export interface PageReport {
  readonly runs?: Prints;
  readonly world?: string;
  /** Of a run on two threads, or on one where workers are not to be had. */
  readonly large?: string;
  /** Workers that were started. */
  readonly workers?: number;
  readonly wasmInstances?: number;
  /** Whether the policy of the page lets strings become code. */
  readonly evaluates?: boolean;
  readonly error?: string;
}

async function report(): Promise<PageReport> {
  try {
    const wasmInstances = countWasmInstances();
    const workers = countWorkers();
    const runs = await printRuns();
    const world = await printWorld();
    const large = await printLargeRun(2);
    const counts = { wasmInstances: wasmInstances(), workers: workers() };
    return { runs, world, large, ...counts, evaluates: evaluates() };
  } catch (error) {
    return { error: (error as Error).stack ?? String(error) };
  }
}

function countWorkers(): () => number {
  let count = 0;
  globalThis.Worker = new Proxy(Worker, {
    construct(target, parameters: ConstructorParameters<typeof Worker>) {
      count++;
      return new target(...parameters);
    },
  });
  return () => count;
}

function evaluates(): boolean {
  try {
    return new Function("return true")();
  } catch {
    return false;
  }
}

const text = JSON.stringify(await report());
if (typeof document === "undefined") postMessage(text);
else (document.querySelector("output") as HTMLOutputElement).textContent = text;
