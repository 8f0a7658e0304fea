/** docs/guide/mpe.md lists the options and metrics that there are. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { environments, makeEnvironment } from "../../../src/environments/registry.ts";
import { describeOptions } from "../../../src/validation/describe.ts";
import { mpeTasks } from "../../support/mpe.ts";

const guide = readFileSync(new URL("../../../docs/guide/mpe.md", import.meta.url), "utf8");

/** The cells of the tables between two headings. */
function rows(from: string, to: string): string[][] {
  const text = guide.slice(guide.indexOf(`\n## ${from}\n`), guide.indexOf(`\n## ${to}\n`));
  return [...text.matchAll(/^\| (.*) \|$/gm)].map(([, cells]) => cells.split("|").map((cell) => cell.trim()));
}

/** Whether a list as in "speaker listener, tag" names the task. */
const names = (list: string, id: string): boolean =>
  list === "all" ||
  list
    .split(", ")
    .some((name) => id === `mpe/simple-${name.replace(" ", "-")}`.replace("simple-simple", "simple"));

test("every option of every task is documented with its default, and no other", () => {
  const documented = rows("Options", "States, pictures, metrics").filter(([name]) => name.startsWith("`"));
  for (const id of mpeTasks) {
    const expected = documented
      .filter(([, tasks]) => names(tasks, id))
      .map(([name, tasks, defaults]) => {
        const values = defaults.replaceAll("`", "").split(", ");
        const value =
          values.length === 1 ? values[0] : values[tasks.split(", ").findIndex((one) => names(one, id))];
        return [name.replaceAll("`", ""), value];
      });
    const found = describeOptions(environments[id].schema).map(({ name, default: value }) => [
      name,
      `${value}`,
    ]);
    assert.equal(found.sort(), expected.sort(), id);
  }
});

test("every metric of every task is documented, and every task", () => {
  for (const id of mpeTasks) {
    const { metrics } = makeEnvironment(id).spec;
    const row = rows("States, pictures, metrics", "Random play").find(([tasks]) => names(tasks, id));
    for (const metric of metrics) assert.ok(row?.[1].includes(`\`${metric}\``), `${id}: ${metric}`);
    assert.ok(
      rows("The tasks", "Actions").some(([name]) => name.includes(`\`${id}\``)),
      id,
    );
    assert.ok(
      rows("Rewards", "Options").some(([tasks]) => names(tasks, id)),
      id,
    );
  }
});

test.run();
