/**
 * A peer as a program: reads one workload a line from the standard input, answers each with the milliseconds of
 * processor time of the fastest call in a turn. What a workload needs is prepared and warmed up at its first turn.
 */
import { createInterface } from "node:readline";
import { processorTime } from "../support/timing.ts";
import type { Answer, Workload } from "./workload.ts";

/** One call; a promise is waited for. */
export type Call = () => unknown;

const TURN_MILLISECONDS = 300;
const WARM_UP_MILLISECONDS = 200;

async function turn(call: Call, milliseconds: number): Promise<number> {
  const end = processorTime() + milliseconds;
  let fastest = Number.POSITIVE_INFINITY;
  do {
    const start = processorTime();
    await call();
    fastest = Math.min(fastest, processorTime() - start);
  } while (processorTime() < end);
  return fastest;
}

/** @param prepare makes the call for a workload; nothing where there is no program, throws when the peer cannot do it */
export async function serve(
  prepare: (workload: Workload) => Promise<Call | undefined> | Call | undefined,
): Promise<void> {
  const calls = new Map<string, Call>();
  const answer = async (line: string): Promise<Answer> => {
    try {
      let call = calls.get(line);
      if (!call) {
        call = await prepare(JSON.parse(line) as Workload);
        if (!call) return { error: "" };
        calls.set(line, call);
        await turn(call, WARM_UP_MILLISECONDS);
      }
      return { milliseconds: await turn(call, TURN_MILLISECONDS) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
  }
  process.exit(0); // a peer's own threads must not keep it
}
