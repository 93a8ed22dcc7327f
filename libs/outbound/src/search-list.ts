import { words } from "./hosts-file.ts";

/** How short names are completed, as `/etc/resolv.conf` says. */
export interface SearchList {
  /** Domains that short names are tried in. */
  readonly domains: readonly string[];
  /** A name with so many dots is tried as it is before it is tried in the domains. */
  readonly dots: number;
}

/** As many domains as resolvers have always taken. */
const MAX_DOMAINS = 6;
const MAX_DOTS = 15;

/** Parses the `search`, `domain` and `options ndots:` lines of a resolv.conf; the last line of a kind counts. */
export function parseSearchList(text: string): SearchList {
  let domains: string[] = [];
  let dots = 1;
  for (const line of text.split("\n")) {
    const [keyword, ...values] = words(line);
    if (keyword === "search" || keyword === "domain") domains = values;
    if (keyword === "options") dots = dotsOf(values) ?? dots;
  }
  const named = domains.map((domain) => domain.replace(/^\.|\.$/g, "")).filter((domain) => domain !== "");
  return { domains: named.slice(0, MAX_DOMAINS), dots };
}

/** The names to ask for, in order. One that ends with a dot is complete. */
export function candidates(name: string, { domains, dots }: SearchList): string[] {
  if (name.endsWith(".")) return [name];
  const completed = domains.map((domain) => `${name}.${domain}`);
  return name.split(".").length > dots ? [name, ...completed] : [...completed, name];
}

function dotsOf(options: readonly string[]): number | undefined {
  const value = options.findLast((option) => /^ndots:\d+$/.test(option))?.slice("ndots:".length);
  return value === undefined ? undefined : Math.min(Number(value), MAX_DOTS);
}
