/** Makes short runs wherever it is started. */
import { answer, task } from "./apart.ts";
import { type Prints, printRuns, type ShortRunName } from "./short-runs.ts";
import { countWasmInstances } from "./wasm-instances.ts";

export interface Report {
  readonly prints: Prints;
  readonly wasmInstances: number;
}

const wasmInstances = countWasmInstances();
const prints = await printRuns(task<ShortRunName[]>());
answer({ prints, wasmInstances: wasmInstances() } satisfies Report);
