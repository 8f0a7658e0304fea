/**
 * The field of one copy of level-based foraging: who and what is where, and the rules of moving and loading. A cell
 * has one number, row · size + column. Food is listed from the top row down, each row from left to right; what was
 * eaten, or did not fit, has level 0.
 */

/** In the order of the actions. */
export const Move = { none: 0, north: 1, south: 2, west: 3, east: 4, load: 5 } as const;
/** Number of actions. */
export const MOVES = 6;

export class ForagingField {
  readonly size: number;
  /** [players]. */
  readonly cells: Int32Array;
  readonly levels: Int32Array;
  /** [food]. */
  readonly foodCells: Int32Array;
  readonly foodLevels: Int32Array;
  /** Sum of the levels of all food at the start of the episode. */
  spawned = 0;
  readonly #targets: Int32Array;
  readonly #blocked: Uint8Array;

  constructor(size: number, players: number, food: number) {
    this.size = size;
    this.cells = new Int32Array(players);
    this.levels = new Int32Array(players);
    this.foodCells = new Int32Array(food);
    this.foodLevels = new Int32Array(food);
    this.#targets = new Int32Array(players);
    this.#blocked = new Uint8Array(players);
  }

  /** Whether anything is left to eat. */
  get hasFood(): boolean {
    return this.foodLevels.some((level) => level > 0);
  }

  /** The food in a cell that is still there, −1 if none. */
  foodAt(cell: number): number {
    for (let f = 0; f < this.foodCells.length; f++) {
      if (this.foodCells[f] === cell && this.foodLevels[f] > 0) return f;
    }
    return -1;
  }

  /** The first food above, below, left or right of a cell, −1 if none. */
  foodBeside(cell: number): number {
    for (let move = Move.north; move <= Move.east; move++) {
      const beside = this.neighbor(cell, move);
      const food = beside < 0 ? -1 : this.foodAt(beside);
      if (food >= 0) return food;
    }
    return -1;
  }

  /** The cell that a move leads to, −1 beyond the edge; other moves stay. */
  neighbor(cell: number, move: number): number {
    const { size } = this;
    if (move === Move.north) return cell - size;
    if (move === Move.south) return cell + size < size * size ? cell + size : -1;
    if (move === Move.west) return cell % size > 0 ? cell - 1 : -1;
    if (move === Move.east) return cell % size < size - 1 ? cell + 1 : -1;
    return cell;
  }

  /** Whether an action does something there: a step onto a cell without food, or loading beside food. */
  allows(player: number, move: number): boolean {
    const cell = this.cells[player];
    if (move === Move.none) return true;
    if (move === Move.load) return this.foodBeside(cell) >= 0;
    const target = this.neighbor(cell, move);
    return target >= 0 && this.foodAt(target) < 0;
  }

  /**
   * Moves all players at once. Whoever wants a cell that another one wants too, or does not leave, stays; so do those
   * who wanted the cell of somebody who stays. Two may change places.
   * @param moves [players], each allowed
   */
  moveAll(moves: ArrayLike<number>): void {
    const targets = this.#targets;
    for (let i = 0; i < targets.length; i++) targets[i] = this.neighbor(this.cells[i], moves[i]);
    while (this.#markBlocked()) {
      for (let i = 0; i < targets.length; i++) if (this.#blocked[i]) targets[i] = this.cells[i];
    }
    this.cells.set(targets);
  }

  /** Marks every mover whose target somebody else has too; whether there is one. */
  #markBlocked(): boolean {
    const targets = this.#targets;
    let found = false;
    for (let i = 0; i < targets.length; i++) {
      const moving = targets[i] !== this.cells[i];
      this.#blocked[i] = moving && targets.some((target, j) => j !== i && target === targets[i]) ? 1 : 0;
      found ||= this.#blocked[i] === 1;
    }
    return found;
  }

  /**
   * Settles all loading. Loaders beside the same food join; if their levels reach its level it is eaten, and each gets
   * its level's share of the food's part of all food: level/Σ levels · food level/spawned. Else each pays `penalty`.
   * @param moves [players] @param rewards where those of the players start at `first`
   * @returns pieces of food eaten
   */
  loadAll(moves: ArrayLike<number>, rewards: Float32Array, first: number, penalty: number): number {
    let eaten = 0;
    for (let f = 0; f < this.foodLevels.length; f++) {
      const level = this.foodLevels[f];
      if (level === 0) continue;
      const loaders = this.#loadersOf(f, moves);
      const strength = loaders.reduce((sum, i) => sum + this.levels[i], 0);
      if (loaders.length === 0) continue;
      for (const i of loaders) {
        rewards[first + i] +=
          strength >= level ? (this.levels[i] * level) / (strength * this.spawned) : -penalty;
      }
      if (strength < level) continue;
      this.foodLevels[f] = 0;
      eaten++;
    }
    return eaten;
  }

  #loadersOf(food: number, moves: ArrayLike<number>): number[] {
    const loaders: number[] = [];
    for (let i = 0; i < this.cells.length; i++) {
      if (moves[i] === Move.load && this.foodBeside(this.cells[i]) === food) loaders.push(i);
    }
    return loaders;
  }
}
