import { Contract, conformingFetch } from "@pifleet/testkit/contract";

let contract: Promise<Contract> | undefined;

/** A `fetch` from an API in a process of its own, whose answers must be as that API describes itself. */
export function checkedFetch(url: string, init?: RequestInit): Promise<Response> {
  return conformingFetch(() => contractAt(new URL(url).origin))(url, init);
}

/** The description is the same for every process. */
function contractAt(origin: string): Promise<Contract> {
  contract ??= describedAt(origin);
  return contract;
}

async function describedAt(origin: string): Promise<Contract> {
  const response = await fetch(`${origin}/openapi.json`);
  return new Contract((await response.json()) as object);
}
