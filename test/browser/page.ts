/** What the page and the worker run: the short runs and the crowded world, with kernels that nobody configured. */
import { printWorld } from "../reproducibility/crowded-world.ts";
import { type Prints, printRuns } from "../reproducibility/short-runs.ts";
import { countWasmInstances } from "../reproducibility/wasm-instances.ts";

export interface PageReport {
  readonly runs?: Prints;
  readonly world?: string;
  readonly wasmInstances?: number;
  /** Whether the policy of the page lets strings become code. */
  readonly evaluates?: boolean;
  readonly error?: string;
}

async function report(): Promise<PageReport> {
  try {
    const wasmInstances = countWasmInstances();
    const runs = await printRuns();
    const world = await printWorld();
    return { runs, world, wasmInstances: wasmInstances(), evaluates: evaluates() };
  } catch (error) {
    return { error: (error as Error).stack ?? String(error) };
  }
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
