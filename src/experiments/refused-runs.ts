/** Runs on disk that an experiment cannot adopt; what is true of many is said once. */
import { InvalidInputError } from "../validation/errors.ts";
import { type Cell, cellName } from "./experiment.ts";
import { listSome } from "./list-some.ts";

export class RefusedRuns {
  /** By complaint. */
  readonly #names = new Map<string, string[]>();

  /**
   * What `inspect` finds, or undefined when it complains.
   * @param path of the run, which a complaint need not repeat beside the name of the cell
   */
  async attempt<T>(cell: Cell, path: string, inspect: () => Promise<T>): Promise<T | undefined> {
    try {
      return await inspect();
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      const { message } = error;
      const complaint = message.startsWith(path)
        ? message.slice(path.length).replace(/^[:/ ]+/, "")
        : message;
      this.#names.set(complaint, [...(this.#names.get(complaint) ?? []), cellName(cell)]);
      return undefined;
    }
  }

  /** @throws InvalidInputError when there are any */
  report(directory: string): void {
    if (this.#names.size === 0) return;
    const complaints = [...this.#names].map(([complaint, names]) => `${listSome(names)}: ${complaint}`);
    throw new InvalidInputError(`${directory}: ${complaints.join(" ")}`);
  }
}
