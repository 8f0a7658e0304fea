/** What the page and the worker run: the short runs, with kernels that nobody configured. */
import { type Prints, printRuns } from "../reproducibility/short-runs.ts";
import { countWasmInstances } from "../reproducibility/wasm-instances.ts";

export interface PageReport {
  readonly prints?: Prints;
  readonly wasmInstances?: number;
  /** Whether the policy of the page lets strings become code. */
  readonly evaluates?: boolean;
  readonly error?: string;
}

async function report(): Promise<PageReport> {
  try {
    const wasmInstances = countWasmInstances();
    const prints = await printRuns();
    return { prints, wasmInstances: wasmInstances(), evaluates: evaluates() };
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
