/** A synchronous call that must be refused as invalid input, with a message that contains these words. */
import * as assert from "uvu/assert";
import { InvalidInputError } from "../../src/validation/errors.ts";

export function refuses(call: () => unknown, ...words: readonly string[]): void {
  assert.throws(call, (error: unknown) => {
    assert.instance(error, InvalidInputError);
    for (const word of words) assert.match((error as Error).message, word);
    return true;
  });
}
