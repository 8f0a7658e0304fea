/** `marlstone list`: environments and algorithms with every option, its range and its default. */
import { Command } from "commander";
import { type AlgorithmEntry, algorithms } from "../algorithms/registry.ts";
import { environments } from "../environments/registry.ts";
import { find } from "../training/run-config.ts";
import { describeOptions } from "../validation/describe.ts";
import { formatValue } from "../validation/format.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

type Listed = {
  readonly id: string;
  readonly description: string;
  readonly schema: Parameters<typeof describeOptions>[0];
  readonly presets?: Readonly<Record<string, object>>;
  readonly learns?: AlgorithmEntry["learns"];
};

export function listCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("environments and algorithms with their options")
    .argument("[id]", "one of them alone")
    .action((id?: string) => {
      const all: Record<string, Listed> = { ...environments, ...algorithms };
      const chosen = id === undefined ? Object.values(all) : [find(all, id, "environment or algorithm")];
      terminal.out(`${chosen.map(describe).join("\n\n")}\n`);
    });
}

function describe({ id, description, schema, presets, learns }: Listed): string {
  const rows = describeOptions(schema).map((option) => {
    const usual = option.default === undefined ? "" : formatValue(option.default);
    return [option.name, usual, `${option.description} (${option.allowed})`];
  });
  const names = presets
    ? [`  presets: ${Object.keys(presets).join(", ")}`, `  learns: ${describeActions(learns)}`]
    : [];
  return [`${id}\n  ${description}`, ...names, table([["option", "default", "meaning"], ...rows], "  ")].join(
    "\n",
  );
}

/** "discrete actions, continuous ones, action masks". */
const describeActions = ({ continuous, masks }: AlgorithmEntry["learns"] = {}): string =>
  ["discrete actions", ...(continuous ? ["continuous ones"] : []), ...(masks ? ["action masks"] : [])].join(
    ", ",
  );
