/** Where the time of a training went, as a table: a line a part, with the phases it is made of. */
import { parts, phaseNames, phases } from "../profiling/phases.ts";
import { type Profile, secondsOf } from "../profiling/profile.ts";
import { table } from "./table.ts";
import { plural } from "./terminal.ts";

/** @param path where it is stored */
export function profileTable(
  { iterations, seconds, shares, phases: measured }: Profile,
  path: string,
): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const rows = parts.map((part) => {
    const inside = phaseNames.filter((phase) => phases[phase].part === part && measured[phase] !== undefined);
    const detail = inside.map(
      (phase) => `${phases[phase].title} ${percent((measured[phase] ?? 0) / seconds)}`,
    );
    return [
      part,
      percent(shares[part]).padStart(7),
      `${secondsOf(part, measured).toFixed(2)} s`.padStart(10),
      inside.length > 1 ? detail.join(", ") : "",
    ];
  });
  return `
Where the time went: ${plural(iterations, "iteration")} in ${seconds.toFixed(2)} s
${table(rows, "  ")}
  ${path}
`;
}
