/** Reads a JSON file that a user names. */
import { readFile } from "node:fs/promises";
import { parseEdited } from "../formats/edited-json.ts";
import { InvalidInputError } from "../validation/errors.ts";

/** @param what names the file in messages, such as "configuration" @throws InvalidInputError */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new InvalidInputError(`The ${what} ${path} cannot be read: ${error.message}.`);
  });
  try {
    return parseEdited(text);
  } catch (error) {
    throw new InvalidInputError(`The ${what} ${path} is not JSON: ${(error as Error).message}.`);
  }
}
