/** `marlstone links`: what a recording of `train --record-links` holds, every line of it checked. */
import { Command } from "commander";
import type { LinkLogHeader, LoggedMessage } from "../formats/link-log.ts";
import { openLinkLog } from "../training/link-recording.ts";
import { table } from "./table.ts";
import { formatCount, plural, type Terminal } from "./terminal.ts";

export function linksCommand(terminal: Terminal): Command {
  return new Command("links")
    .description("check a recording of links and count what crossed: messages and payload by link and kind")
    .argument("<file>", "what train --record-links wrote")
    .action((path: string) => run(path, terminal));
}

/** What crossed one link in one kind, both ways. */
interface Traffic {
  readonly link: string;
  readonly kind: string;
  messages: number;
  bytes: number;
}

async function run(path: string, terminal: Terminal): Promise<void> {
  const { header, entries } = await openLinkLog(path);
  const traffic = new Map<string, Traffic>();
  const first = header.firstIteration;
  let last = first - 1;
  for await (const entry of entries) {
    if ("message" in entry) count(traffic, header, entry.message);
    else last = entry.complete;
  }
  const iterations = last - first + 1;
  const span = iterations === 0 ? "" : ` (${first} to ${last})`;
  terminal.out(
    `${path}: ${plural(iterations, "iteration")}${span}, ${plural(header.agents.length, "agent")}, ` +
      `${plural(header.links.length, "link")}. ` +
      "Every message is there and of a declared kind, with no other field.\n\n" +
      `${describe([...traffic.values()], iterations)}\n`,
  );
}

/** Payload: 4 bytes for each f32 of a vector, 8 for a number. */
function count(traffic: Map<string, Traffic>, { agents }: LinkLogHeader, message: LoggedMessage): void {
  const ends = [message.from, message.to].sort((a, b) => a - b);
  const link = ends.map((agent) => agents[agent]).join(" – ");
  const key = `${ends} ${message.kind}`;
  const entry = traffic.get(key) ?? { link, kind: message.kind, messages: 0, bytes: 0 };
  entry.messages += 1;
  entry.bytes += typeof message.values === "number" ? 8 : message.values.byteLength;
  traffic.set(key, entry);
}

function describe(traffic: readonly Traffic[], iterations: number): string {
  const each = (sum: number): string => formatCount(sum / Math.max(1, iterations));
  const rows = traffic.map(({ link, kind, messages, bytes }) => [link, kind, each(messages), each(bytes)]);
  const total = (field: "messages" | "bytes") => each(traffic.reduce((sum, entry) => sum + entry[field], 0));
  return table([
    ["link", "kind", "messages an iteration", "bytes an iteration"],
    ...rows,
    ["all", "", total("messages"), total("bytes")],
  ]);
}
