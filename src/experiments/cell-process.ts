/**
 * The program of a process that trains one cell. It ends with the command that started it, so that nothing
 * goes on writing where nobody watches; being killed at any moment costs no more than the iteration at hand.
 */
import type { IterationMetrics } from "../training/metrics.ts";
import { InvalidInputError, NonFiniteError } from "../validation/errors.ts";
import type { Order, Outcome, Report } from "./messages.ts";
import { trainCell } from "./train-cell.ts";

const stop = new AbortController();

// Ctrl-C reaches this process too, as does the end of its terminal.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop.abort());
process.on("disconnect", () => process.exit());
process.on("message", (order: Order) => {
  if (order.type === "stop") stop.abort();
  else void work(order);
});

async function work({ path, config, threads }: Extract<Order, { type: "train" }>): Promise<void> {
  let outcome: Outcome;
  try {
    const onIteration = (metrics: IterationMetrics): void => tell({ type: "iteration", metrics });
    const { interrupted } = await trainCell(path, config, { signal: stop.signal, onIteration, threads });
    outcome = { status: interrupted ? "interrupted" : "finished" };
  } catch (error) {
    outcome = { status: "failed", error: describe(error) };
  }
  tell({ type: "ended", outcome }, () => process.disconnect());
}

function tell(report: Report, then?: () => void): void {
  process.send?.(report, undefined, undefined, then);
}

function describe(error: unknown): string {
  if (error instanceof InvalidInputError || error instanceof NonFiniteError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
