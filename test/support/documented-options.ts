/** Tests that an algorithm's page and its options agree: names, defaults, ranges and presets of the page's tables. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { GenericSchema } from "valibot";
import { validate } from "../../src/validation/validate.ts";
import { parseCell, probes, readPage, rowsBetween } from "./documentation.ts";
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
  const text = readPage(`algorithms/${page}`);
  const settings = (options: object) => validate(schema, options, "options") as Settings;
  const names = Object.keys(schema.entries);
  /** name, default and range of every documented option. */
  const documented = rowsBetween(text, "Options", "Metrics").map(([name, value, range]) => ({
    name: name.replaceAll("`", ""),
    value: parseCell(value),
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
        assert.equal(settings(preset)[name], parseCell(values[i]), `${name}, column ${i + 1}`);
      }
    }
  });
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
