import { readBuilt, requireBeside } from "./require-beside.ts";

let photon: unknown;

/** Loads the image scaler from the file beside the runner; `null` where it cannot be loaded. */
export async function loadPhoton(): Promise<unknown> {
  try {
    // The package reads it by itself.
    if (photon === undefined) readBuilt("photon_rs_bg.wasm");
    photon ??= requireBeside("photon.cjs");
  } catch {
    // Pi then sends images as they are.
    photon = null;
  }
  return photon;
}
