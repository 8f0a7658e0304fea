/**
 * The pages of the policy-optimisation family against their schemas and updates. What all share is documented once, in
 * docs/guide/policy-optimisation.md; a page has the algorithm's own options, and defaults other than the shared ones.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TrainerSettings } from "../../../src/algorithms/policy-optimisation/update.ts";
import { algorithms } from "../../../src/algorithms/registry.ts";
import { describeOptions } from "../../../src/validation/describe.ts";
import { validate } from "../../../src/validation/validate.ts";
import {
  parseCell,
  probes,
  readPage,
  rowsBetween,
  tableRows,
  textBetween,
} from "../../support/documentation.ts";
import { type FamilyId, familyIds, makeFamily, playedBatch, uneven } from "../../support/family.ts";
import { refuses } from "../../support/refuses.ts";

const guide = readPage("guide/policy-optimisation");

interface Documented {
  readonly value: unknown;
  readonly range: string;
}

/** A table's options. Fails where one is there twice. */
function optionsOf(rows: readonly string[][]): Map<string, Documented> {
  const options = new Map(
    rows.map(([name, value, range]) => [name.replaceAll("`", ""), { value: parseCell(value), range }]),
  );
  assert.is(options.size, rows.length, "each option once");
  return options;
}

/** The guide's groups of options that say that they are the algorithm's: "Of all.", "Of `happo`, `a2po`.". */
function sharedOptions(id: FamilyId): Map<string, Documented> {
  const groups = textBetween(guide, "Options", "Metrics").split("\n### ").slice(1);
  assert.ok(groups.length >= 7);
  const rows = groups.flatMap((group) => {
    const [, whose] = group.match(/\n\n(Of .*?)\./) as RegExpMatchArray;
    return whose === "Of all" || whose.includes(`\`${id}\``) ? tableRows(group) : [];
  });
  return optionsOf(rows);
}

/** Names of the guide's metrics that an algorithm reports. */
function sharedMetrics(id: FamilyId): string[] {
  const [common, ...others] = textBetween(guide, "Metrics", "Adding an algorithm").split(
    /\n(?=.*also report:\n)/,
  );
  const own = others.filter((text) => text.split("\n")[0].includes(`\`${id}\``));
  return [common, ...own].flatMap(tableRows).map(([name]) => name.replaceAll("`", ""));
}

for (const id of familyIds) {
  const { schema, presets } = algorithms[id];
  const page = readPage(`algorithms/${id}`);
  const own = optionsOf(rowsBetween(page, "Options", "Metrics"));
  const shared = sharedOptions(id);
  const documented = new Map([...shared, ...own]);
  const settings = (options: object) =>
    Object.fromEntries(Object.entries(validate(schema, options, "options")));

  test(`${id}: guide and page document every option and no other`, () => {
    assert.equal(
      [...documented.keys()].sort(),
      describeOptions(schema)
        .map(({ name }) => name)
        .sort(),
    );
  });

  test(`${id}: defaults are as documented, and the page repeats none of the guide's`, () => {
    assert.equal(Object.fromEntries([...documented].map(([name, { value }]) => [name, value])), settings({}));
    for (const [name, { value }] of own) {
      assert.not.equal(value, shared.get(name)?.value, `${name} has the shared default`);
    }
  });

  test(`${id}: options take what the tables say and refuse NaN and what is outside`, () => {
    for (const [name, { range }] of documented) {
      const { allowed, refused } = probes(range);
      for (const value of allowed) assert.equal(settings({ [name]: value })[name], value, name);
      for (const value of refused) refuses(() => settings({ [name]: value }), name, "must be");
    }
  });

  test(`${id}: the page's table of presets has what they name, and nothing else`, () => {
    const names = Object.keys(presets);
    const rows = rowsBetween(page, "Presets", "Options").map(([name, ...values]) => [
      name.replaceAll("`", ""),
      values,
    ]);
    const named = new Set(Object.values(presets).flatMap(Object.keys));
    assert.equal(rows.map(([name]) => name).sort(), [...named].sort());
    for (const [name, values] of rows as [string, string[]][]) {
      const shown = values.map(parseCell);
      assert.equal(
        shown,
        names.map((preset) => settings(presets[preset])[name]),
        name,
      );
    }
  });

  test(`${id}: guide and page document every metric of an update and no other`, () => {
    const algorithm = makeFamily(id);
    const { warnings, details, ...common } = algorithm.update(playedBatch(algorithm, uneven));
    assert.equal(warnings, []);
    const reported = [...Object.keys(common), ...Object.keys(details ?? {}).map((name) => `details.${name}`)];
    const pageMetrics = rowsBetween(page, "Metrics", "Implementation details").map(([name]) =>
      name.replaceAll("`", ""),
    );
    assert.equal([...sharedMetrics(id), ...pageMetrics].sort(), reported.sort());
  });
}

/** A row of the guide's table of algorithms, from settings. */
function piecesOf(settings: TrainerSettings): string[] {
  const { schedule, order, factor, placement, clipRule, outerClip, corrected, step, critic, criticSharing } =
    settings;
  const clips = step === "clip";
  const inner = clipRule === "adaptive" ? ["$C(\\varepsilon,k)$", "half of it"] : ["ε", "ε/2"];
  return [
    schedule === "simultaneous" ? "all at once" : "one by one",
    schedule === "simultaneous" ? "–" : order,
    factor === "others" ? "all others, live" : factor,
    factor === "none" ? "–" : clips ? placement : "(linear)",
    clips ? inner[0] : "–",
    factor === "none" ? "–" : outerClip === "half" ? inner[1] : `${outerClip}`,
    corrected ? "PreOPC" : "GAE",
    clips ? "clip" : "mean KL ≤ δ",
    `${critic}, ${criticSharing === "one" ? "one" : "one an agent"}`,
  ];
}

test("the guide's table of algorithms has the pieces that they are made of", () => {
  const section = textBetween(guide, "The pieces", "Which one");
  for (const id of familyIds) {
    const [, cells] = section.match(new RegExp(`^\\| ${id} \\| (.*) \\|$`, "im")) as RegExpMatchArray;
    assert.equal(cells.split(" | "), piecesOf(makeFamily(id).settings), id);
  }
});

test.run();
