/** The policy-optimisation family as models. */

import type { A2poOptions } from "../algorithms/policy-optimisation/a2po.ts";
import type { CoppoOptions } from "../algorithms/policy-optimisation/coppo.ts";
import type { HappoOptions } from "../algorithms/policy-optimisation/happo.ts";
import type { HatrpoOptions } from "../algorithms/policy-optimisation/hatrpo.ts";
import type { IppoOptions } from "../algorithms/policy-optimisation/ippo.ts";
import type { MappoOptions } from "../algorithms/policy-optimisation/mappo.ts";
import {
  a2poEntry,
  coppoEntry,
  happoEntry,
  hatrpoEntry,
  ippoEntry,
  mappoEntry,
} from "../algorithms/registry.ts";
import type { EnvironmentSource } from "./environment-source.ts";
import { Model, type ModelOptions } from "./model.ts";

/** Independent PPO: every agent learns by itself, from its own observations and rewards. */
export class Ippo extends Model<IppoOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: IppoOptions & ModelOptions = {}) {
    super(ippoEntry, environment, options);
  }
}

/**
 * MAPPO (Yu et al. 2022): PPO of all agents at once, with shared parameters and a critic that sees the state.
 * @example
 * const model = new Mappo(makeEnvironment("mpe/simple-spread"), { seed: 1 });
 * await model.learn(1_000_000);
 */
export class Mappo extends Model<MappoOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: MappoOptions & ModelOptions = {}) {
    super(mappoEntry, environment, options);
  }
}

/** CoPPO (Wu et al. 2021): PPO of all agents at once, each weighted with the ratios of the others. */
export class Coppo extends Model<CoppoOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: CoppoOptions & ModelOptions = {}) {
    super(coppoEntry, environment, options);
  }
}

/** HAPPO (Kuba et al. 2022): PPO of one agent after another, each weighted with the ratios of those before it. */
export class Happo extends Model<HappoOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: HappoOptions & ModelOptions = {}) {
    super(happoEntry, environment, options);
  }
}

/** HATRPO (Kuba et al. 2022): a trust-region step of one agent after another, weighted as HAPPO's. */
export class Hatrpo extends Model<HatrpoOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: HatrpoOptions & ModelOptions = {}) {
    super(hatrpoEntry, environment, options);
  }
}

/** A2PO (Wang et al. 2023): one agent after another, with advantages corrected for those before it. */
export class A2po extends Model<A2poOptions> {
  /** @param environment a built-in one, a function that makes a new `ParallelEnv`, or `{ make }` with options */
  constructor(environment: EnvironmentSource, options: A2poOptions & ModelOptions = {}) {
    super(a2poEntry, environment, options);
  }
}
