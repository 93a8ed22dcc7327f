import type { LoggedEvent } from "@pifleet/client";

/** An event as the API sends it; its place in the log does not matter to those who show it. */
export type Event = WithoutId<LoggedEvent>;

type WithoutId<Logged> = Logged extends { readonly type: string } ? Omit<Logged, "id"> : never;
