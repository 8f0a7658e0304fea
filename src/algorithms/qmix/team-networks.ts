/** All networks of a team in one flat vector: those of the agents' groups one after another, then the mixer's. */

import { add, multiply } from "../../autodiff/operations.ts";
import { gather, reshape, scatter, slice } from "../../autodiff/shaping.ts";
import type { Tape } from "../../autodiff/tape.ts";
import type { Pointer } from "../../kernels/abi.ts";
import { layoutOf, type ParameterLayout } from "../../nn/parameters.ts";
import type { Random } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { TaskShape } from "../algorithm.ts";
import { type AgentGroup, groupAgents } from "./agent-group.ts";
import { join } from "./assemble-episodes.ts";
import { RowLayout } from "./episode.ts";
import { type EpisodeBatch, mixedStateSize } from "./episode-batch.ts";
import { type MixerShape, mix, mixerParameters } from "./mixer.ts";
import type { QmixSettings } from "./options.ts";
import { initialize, TapeParameters } from "./parameters.ts";
import { type Utilities, type UtilityShape, utilitiesOf, utilityParameters } from "./utility-network.ts";

export class TeamNetworks {
  readonly groups: readonly AgentGroup[];
  readonly rowLayout: RowLayout;
  readonly layout: ParameterLayout;
  readonly hiddenSize: number;
  readonly recurrent: boolean;
  readonly #utilities: readonly UtilityShape[];
  readonly #mixer: MixerShape;

  constructor(task: TaskShape, settings: QmixSettings) {
    const { hiddenSize, recurrent, mixer: kind, mixingSize, hypernetSize } = settings;
    this.groups = groupAgents(task, settings);
    this.rowLayout = new RowLayout(task);
    this.hiddenSize = hiddenSize;
    this.recurrent = recurrent;
    this.#utilities = this.groups.map(({ inputSize, choices }) => {
      return { inputSize, hiddenSize, recurrent, outputSize: choices };
    });
    const stateSize = mixedStateSize(this.rowLayout);
    this.#mixer = { kind, utilities: this.rowLayout.heads, stateSize, mixingSize, hypernetSize };
    const named =
      (prefix: string) => (entry: { readonly name: string; readonly shape: readonly number[] }) => {
        return { name: prefix + entry.name, shape: entry.shape };
      };
    this.layout = layoutOf([
      ...this.#utilities.flatMap((shape, g) => utilityParameters(shape).map(named(groupPrefix(g)))),
      ...mixerParameters(this.#mixer).map(named(MIXER)),
    ]);
  }

  /** A fresh flat vector. @param random each network draws from a stream of its own below it */
  initialize(random: Random): Float32Array {
    const groups = this.#utilities.map((shape, g) =>
      initialize(utilityParameters(shape), random.derive("agents", g)),
    );
    return join([...groups, initialize(mixerParameters(this.#mixer), random.derive("mixer"))]);
  }

  /** The flat vector at `pointer` on a tape. */
  place(tape: Tape, pointer: Pointer): TapeParameters {
    return new TapeParameters(tape, this.layout, pointer);
  }

  /** One step of a group: inputs[rows, inputSize] with memories[rows, hiddenSize]. */
  step(
    tape: Tape,
    parameters: TapeParameters,
    group: number,
    inputs: Float32Array,
    memories: Float32Array,
  ): Utilities {
    const own = parameters.below(groupPrefix(group));
    return utilitiesOf(tape, this.#utilities[group], own, inputs, memories);
  }

  /** Utilities over whole episodes, a group: [(T + 1) · B · agents, choices]. */
  utilities(tape: Tape, parameters: TapeParameters, { inputs, episodes }: EpisodeBatch): Tensor[] {
    return this.groups.map(({ agents }, g) => {
      const nothing = new Float32Array(episodes * agents.length * this.hiddenSize);
      return this.step(tape, parameters, g, inputs[g], nothing).utilities;
    });
  }

  /** Utilities of the choices that were made, [T · B, heads]; 0 of agents that were not there. */
  chosen(utilities: readonly Tensor[], { steps, episodes, actions, alive }: EpisodeBatch): Tensor {
    const { heads } = this.rowLayout;
    const cells = steps * episodes;
    const parts = this.groups.map(({ agents, headSizes, jointHeads }, g) => {
      const count = jointHeads.length;
      const indices = new Int32Array(cells * count);
      for (let cell = 0; cell < cells; cell++) {
        for (let i = 0, first = 0; i < count; i++) {
          const head = i % headSizes.length;
          first = head === 0 ? 0 : first + headSizes[head - 1];
          indices[cell * count + i] = first + actions[cell * heads + jointHeads[i]];
        }
      }
      const own = slice(utilities[g], 0, cells * agents.length);
      return reshape(gather(own, indices, headSizes.length), [cells, count]);
    });
    const values = alive.subarray(0, cells * heads);
    return multiply(this.#inOrder(parts, cells), { shape: [cells, heads], values });
  }

  /** Q_tot [cells] of q[cells, heads] in states[cells, size of a state]. */
  mix(parameters: TapeParameters, q: Tensor, states: Tensor): Tensor {
    return mix(this.#mixer, parameters.below(MIXER), q, states);
  }

  /** The groups' columns in the order of the joint action. */
  #inOrder(parts: readonly Tensor[], cells: number): Tensor {
    if (parts.length === 1) return parts[0];
    const { heads } = this.rowLayout;
    return parts
      .map((part, g) => {
        const { jointHeads } = this.groups[g];
        const { length } = jointHeads;
        const indices = Int32Array.from({ length: cells * length }, (_, i) => jointHeads[i % length]);
        return scatter(part, indices, heads);
      })
      .reduce((sum, part) => add(sum, part));
  }
}

const MIXER = "mixer.";
const groupPrefix = (group: number): string => `agents.${group}.`;
