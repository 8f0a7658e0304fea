/** What is measured of every kernel; one that is not in here does not pass the type check. */
import { elementwiseCases } from "./elementwise.ts";
import { fitCases } from "./fits.ts";
import { headCases } from "./heads.ts";
import type { KernelCases } from "./kernel-case.ts";
import { layerCases } from "./layers.ts";
import { networkCases } from "./networks.ts";
import { productCases } from "./products.ts";
import { rangeCases } from "./ranges.ts";
import { updateCases } from "./updates.ts";

export const kernelCases: KernelCases = {
  ...productCases,
  ...networkCases,
  ...elementwiseCases,
  ...headCases,
  ...layerCases,
  ...updateCases,
  ...rangeCases,
  ...fitCases,
};
