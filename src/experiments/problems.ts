/** Collects the complaints about an experiment file, so that all of them are made at once. */
import { InvalidInputError } from "../validation/errors.ts";

export class Problems {
  readonly #complaints = new Set<string>();

  add(complaint: string): void {
    this.#complaints.add(complaint);
  }

  /**
   * What `body` gives, or undefined when it complains; the complaint gets a place that it does not name
   * itself.
   */
  attempt<T>(place: string, body: () => T): T | undefined {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      this.add(error.message.startsWith(`${place}:`) ? error.message : `${place}: ${error.message}`);
      return undefined;
    }
  }

  /** The same for what takes time. */
  async attemptAsync<T>(place: string, body: () => Promise<T>): Promise<T | undefined> {
    try {
      return await body();
    } catch (error) {
      return this.attempt(place, () => {
        throw error;
      });
    }
  }

  /** @throws InvalidInputError when there are any */
  report(source: string): void {
    if (this.#complaints.size > 0)
      throw new InvalidInputError(`${source}: ${[...this.#complaints].join("; ")}`);
  }
}
