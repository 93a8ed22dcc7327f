let wanted: string | undefined;

/**
 * Says which of Pi's built-in providers the run needs. In the built runner no other is made; Pi as it is makes all of
 * them.
 */
export function wantProvider(id: string): void {
  wanted = id;
}

export function wantedProvider(): string | undefined {
  return wanted;
}
