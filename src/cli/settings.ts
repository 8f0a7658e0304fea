/** Turns words of the command line into values for the schemas, which do the checking. */
import { isBeyond } from "../validation/describe.ts";
import { InvalidInputError } from "../validation/errors.ts";

/** A number if it is one, else the text, which the schema then complains about by name. */
export const numberOrText = (text: string): unknown =>
  text.trim() === "" ? text : (parseJsonNumber(text) ?? text);

function parseJsonNumber(text: string): number | undefined {
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

export interface Settings {
  readonly options: Readonly<Record<string, unknown>>;
  readonly environmentOptions: Readonly<Record<string, unknown>>;
}
export const noSettings: Settings = { options: {}, environmentOptions: {} };

const PREFIX = "environment.";

/**
 * Adds one `--set key=value`. The value is JSON if it can be read so, else a string: gamma=0.9,
 * hiddenSizes=[64,64], topology=star. Keys that start with "environment." are options of the environment.
 */
export function addSetting(assignment: string, earlier: Settings = noSettings): Settings {
  const { options, environmentOptions } = earlier;
  const at = assignment.indexOf("=");
  if (at < 1) {
    throw new InvalidInputError(
      `--set ${assignment}: write key=value, such as --set gamma=0.9; "list" names the keys`,
    );
  }
  const key = assignment.slice(0, at);
  const value = parseValue(assignment.slice(at + 1));
  if (!key.startsWith(PREFIX)) return { options: { ...options, [key]: value }, environmentOptions };
  return { options, environmentOptions: { ...environmentOptions, [key.slice(PREFIX.length)]: value } };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @throws InvalidInputError unless the text is an integer of at least 1 */
export function requireCount(flag: string, text: string): number {
  return requireInteger(flag, text, 1);
}

/** @throws InvalidInputError unless the text is an integer of at least 0 */
export function requireSeed(text: string): number {
  return requireInteger("--seed", text, 0);
}

function requireInteger(flag: string, text: string, least: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  const allowed = isBeyond(value) ? `from ${least} to 2^53 − 1` : `of at least ${least}`;
  throw new InvalidInputError(`${flag} is "${text}"; it must be an integer ${allowed}`);
}

/** @throws InvalidInputError unless the name of the file has one of the endings */
export function requireFile(path: string, endings: readonly string[]): string {
  if (endings.some((ending) => path.endsWith(ending))) return path;
  throw new InvalidInputError(`--out is "${path}"; the name must end in ${endings.join(" or ")}`);
}
