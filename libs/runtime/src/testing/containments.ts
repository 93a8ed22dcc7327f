import { type Containment, controlGroupParent } from "../processes/containment.ts";

/** Every containment that this machine offers, by what makes a runtime use it. */
export const CONTAINMENTS: readonly Containment[] = controlGroupParent("auto") ? ["auto", "portable"] : ["portable"];
