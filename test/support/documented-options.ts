/** Tests that an algorithm's page and its options agree: names, defaults, ranges and presets of the page's tables. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { GenericSchema } from "valibot";
import { validate } from "../../src/validation/validate.ts";
import { refuses } from "./refuses.ts";

type Settings = Readonly<Record<string, unknown>>;

export interface DocumentedAlgorithm {
  /** docs/algorithms/<page>.md; its options stand between "Options" and "Metrics", its presets before. */
  readonly page: string;
  readonly schema: GenericSchema & { readonly entries: object };
  /** In the order of the columns. */
  readonly presets: Readonly<Record<string, object>>;
}

/** Adds the tests to the file's own. */
export function testDocumentation({ page, schema, presets }: DocumentedAlgorithm): void {
  const text = readFileSync(new URL(`../../docs/algorithms/${page}.md`, import.meta.url), "utf8");
  const settings = (options: object) => validate(schema, options, "options") as Settings;
  const names = Object.keys(schema.entries);
  /** name, default and range of every documented option. */
  const documented = rowsBetween(text, "Options", "Metrics").map(([name, value, range]) => ({
    name: name.replaceAll("`", ""),
    value: parse(value),
    range,
  }));

  test("the page documents every option, once, and no other", () => {
    assert.equal(documented.map(({ name }) => name).sort(), [...names].sort());
  });

  test("defaults are as documented", () => {
    const defaults = settings({});
    for (const { name, value } of documented) assert.equal(defaults[name], value, name);
  });

  for (const { name, range } of documented) {
    test(`${name} takes ${range || "true or false"} and refuses NaN and what is outside`, () => {
      const { allowed, refused } = probes(range);
      for (const value of allowed) assert.equal(settings({ [name]: value })[name], value);
      for (const value of refused) refuses(() => settings({ [name]: value }), `${name}`, "must be");
    });
  }

  test("every option misspelt by one letter is refused, and the right one suggested", () => {
    for (const name of names) {
      for (const wrong of new Set(misspellings(name))) {
        if (wrong === name) continue;
        refuses(() => settings({ [wrong]: 1 }), `unknown key "${wrong}" (did you mean "${name}"?)`);
      }
    }
  });

  test("every preset is the defaults with its own options laid over them", () => {
    for (const preset of Object.values(presets)) {
      assert.equal(settings(preset), { ...settings({}), ...preset });
    }
  });

  test("presets are as documented", () => {
    const rows = rowsBetween(text, "Presets", "Options").filter(([name]) => /^`\w+`( \S)?$/.test(name));
    assert.ok(rows.length > 12);
    for (const [cell, ...values] of rows) {
      const [, name] = cell.match(/^`(\w+)`/) as RegExpMatchArray;
      for (const [i, preset] of Object.values(presets).entries()) {
        assert.equal(settings(preset)[name], presetValue(values[i]), `${name}, column ${i + 1}`);
      }
    }
  });
}

/** The cells of every table row between two headings, without the backticks. */
function rowsBetween(page: string, from: string, to: string): string[][] {
  const text = page.slice(page.indexOf(`\n## ${from}\n`), page.indexOf(`\n## ${to}\n`));
  return [...text.matchAll(/^\| (`.*) \|$/gm)].map(([, cells]) =>
    cells.split("|").map((cell) => cell.trim()),
  );
}

/** A cell as the value it means: 10 000, 3e−4, [128, 128], true, null, or a word. */
function parse(cell: string): unknown {
  const text = cell
    .replaceAll("`", "")
    .replace("−", "-")
    .replace(/ (?=\d{3})/g, "");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface Probes {
  readonly allowed: readonly unknown[];
  readonly refused: readonly unknown[];
}

/** What a documented range allows and refuses, at its edges. */
function probes(range: string): Probes {
  const nullable = range.endsWith(" or null");
  const base = range.replace(" or null", "").replace(/[,;].*/, "");
  const { allowed, refused } = numeric(base) ?? listed(base, range);
  return {
    allowed: nullable ? [...allowed, null] : allowed,
    refused: [...refused, Number.NaN, {}, "", ...(nullable ? [] : [null])],
  };
}

function numeric(range: string): Probes | undefined {
  const [, integer, bound] = range.match(/^(integer )?≥ (\d+)$/) ?? [];
  const low = Number(bound);
  if (integer) return { allowed: [low, low + 1], refused: [low - 1, low + 0.5, Infinity, "2"] };
  switch (range) {
    case "> 0":
      return { allowed: [1e-9, 5], refused: [0, -1, Infinity, "1"] };
    case "≥ 0":
      return { allowed: [0, 5], refused: [-1e-9, Infinity, "1"] };
    case "≥ 1":
      return { allowed: [1, 1.5], refused: [1 - 1e-9, 0, -Infinity, "1"] };
    case "0 to 1":
      return { allowed: [0, 0.5, 1], refused: [-1e-9, 1 + 1e-9, Infinity, "1"] };
    case "between 0 and 1":
      return { allowed: [1e-9, 1 - 1e-9], refused: [0, 1, -0.5, 2] };
    case "finite":
      return { allowed: [-3, 0, 2.5], refused: [Infinity, -Infinity, "1"] };
  }
  return undefined;
}

function listed(base: string, range: string): Probes {
  if (range === "") return { allowed: [true, false], refused: [0, 1, "true"] };
  if (base === "list of integers ≥ 1") {
    return { allowed: [[], [1], [7, 3, 5]], refused: [[0], [2.5], [Number.NaN], 64, "64"] };
  }
  const words = [...range.matchAll(/`(\w[\w-]*)`/g)].map(([, word]) => word);
  assert.ok(words.length > 1, `a range that this test can read: ${range}`);
  return { allowed: words, refused: words.map((word) => `${word}x`) };
}

/** Every word that differs in one letter: one left out, one too many, one replaced. */
function misspellings(name: string): string[] {
  const cuts = Array.from({ length: name.length + 1 }, (_, i) => [name.slice(0, i), name.slice(i)]);
  return cuts.flatMap(([head, tail]) => [
    head + tail.slice(1),
    `${head}z${tail}`,
    `${head}z${tail.slice(1)}`,
  ]);
}

/** "yes", "4 a link (12 on …)" or a value. */
function presetValue(cell: string): unknown {
  if (cell.startsWith("4 a link")) return null;
  return { yes: true, no: false }[cell] ?? parse(cell);
}
