/** Reads the tables of the documentation: rows under a heading, what a cell means, what a range allows. */
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";

/** A page. @param path in docs/, without ".md" */
export function readPage(path: string): string {
  return readFileSync(new URL(`../../docs/${path}.md`, import.meta.url), "utf8");
}

/** The blocks of a page in a language. */
export function blocksOf(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code);
}

/** A user's program with the sources in the place of the package, each entry point where package.json has it. */
export function onSources(code: string): string {
  const root = new URL("../../", import.meta.url);
  const { exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  return code.replace(/from "marlstone(\/[\w/]+)?"/g, (found, entry = "") => {
    const built: string | undefined = exports[`.${entry}`]?.default;
    assert.ok(built, `${found}: an entry point of package.json`);
    const path = built.replace("./dist/", "src/").replace(/\.js$/, ".ts");
    return `from "${new URL(path, root).href}"`;
  });
}

/** The text from a heading of the second level to another one. */
export function textBetween(page: string, from: string, to: string): string {
  const [start, end] = [from, to].map((heading) => page.indexOf(`\n## ${heading}\n`));
  assert.ok(start > 0 && end > start, `the headings "${from}" and "${to}", in this order`);
  return page.slice(start, end);
}

/** The cells of every table row between two headings whose first cell is code. */
export function rowsBetween(page: string, from: string, to: string): string[][] {
  return tableRows(textBetween(page, from, to));
}

/** The cells of every table row whose first cell is code. */
export function tableRows(text: string): string[][] {
  return [...text.matchAll(/^\| (`.*) \|$/gm)].map(([, cells]) =>
    cells.split("|").map((cell) => cell.trim()),
  );
}

/** A cell as the value it means: 10 000, 3e−4, [128, 128], true, "yes", null, "4 a link (12 on …)", or a word. */
export function parseCell(cell: string): unknown {
  if (cell.startsWith("4 a link")) return null;
  if (cell === "yes" || cell === "no") return cell === "yes";
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

/**
 * What a documented range allows and refuses, at its edges. A range is nothing (a flag), a number's range, words in code,
 * or a number's range followed by such words; perhaps "or null".
 */
export function probes(range: string): Probes {
  const nullable = range.endsWith(" or null");
  const base = range.replace(" or null", "").replace(/[,;].*/, "");
  const numbers = numeric(base);
  const words = listed(base, range, numbers !== undefined);
  return {
    allowed: [...(numbers?.allowed ?? []), ...words.allowed, ...(nullable ? [null] : [])],
    refused: [...(numbers?.refused ?? []), ...words.refused, Number.NaN, {}, "", ...(nullable ? [] : [null])],
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
    case "≥ 1e−30":
      return { allowed: [1e-30, 5], refused: [9e-31, 0, -1, Infinity, "1"] };
    case "≥ 1":
      return { allowed: [1, 1.5], refused: [1 - 1e-9, 0, -Infinity, "1"] };
    case "0 to 1":
      return { allowed: [0, 0.5, 1], refused: [-1e-9, 1 + 1e-9, Infinity, "1"] };
    case "between 0 and 1":
      return { allowed: [1e-9, 1 - 1e-9], refused: [0, 1, -0.5, 2] };
    case "1 or 2":
      return { allowed: [1, 2], refused: [0, 1.5, 3, "1"] };
    case "finite":
      return { allowed: [-3, 0, 2.5], refused: [Infinity, -Infinity, "1"] };
  }
  return undefined;
}

/** @param numbers whether the range begins with that of a number */
function listed(base: string, range: string, numbers: boolean): Probes {
  if (range === "") return { allowed: [true, false], refused: [0, 1, "true"] };
  if (base === "list of integers ≥ 1") {
    return { allowed: [[], [1], [7, 3, 5]], refused: [[0], [2.5], [Number.NaN], 64, "64"] };
  }
  const lists = range.endsWith("or lists of agents");
  const words = [...range.matchAll(/`(\w[\w-]*)`/g)].map(([, word]) => word);
  assert.ok(numbers || words.length > 1, `a range that this test can read: ${range}`);
  return {
    allowed: lists ? [...words, [], [["a", 0], [1]]] : words,
    refused: [...words.map((word) => `${word}x`), ...(lists ? [["a"], [[-1]], [[0.5]]] : [])],
  };
}
