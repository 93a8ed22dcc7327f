/** What a chunk is held to. */
export interface ChunkLimits {
  /** How many it holds at most. */
  readonly count: number;
  /** How many bytes of JSON it holds at most. */
  readonly bytes: number;
}

/**
 * Cuts a list into chunks that each fit into one request, the same list always in the same places. What alone is too
 * large has a chunk of its own.
 */
export function* chunksOf<T>(items: readonly T[], limits: ChunkLimits): Generator<T[], void, undefined> {
  let chunk: T[] = [];
  let bytes = 0;
  for (const item of items) {
    // With the comma behind it.
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (chunk.length > 0 && (chunk.length === limits.count || bytes + size > limits.bytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(item);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
