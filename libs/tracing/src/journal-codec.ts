import { JournalEntry } from "@pifleet/invocation";

/**
 * The form in which an entry of the journal is kept: a JSON array whose first item tells what it is. Without the names
 * of the fields it takes about a third less room.
 */
export function encodeEntry(entry: JournalEntry): string {
  return JSON.stringify(packed(entry));
}

/** Reads an entry; `undefined` when it is torn or is none. */
export function decodeEntry(text: string): JournalEntry | undefined {
  const { success, data } = JournalEntry.safeParse(unpacked(parsed(text)));
  return success ? data : undefined;
}

function packed(entry: JournalEntry): unknown[] {
  switch (entry.kind) {
    case "start": {
      const { traceId, spanId, parentSpanId, name, kind, attempt, startMs, attributes, links } = entry.span;
      const fields = ["s", traceId, spanId, parentSpanId, name, kind, attempt, startMs, attributes];
      return links ? [...fields, links] : fields;
    }
    case "attributes":
      return ["a", entry.spanId, entry.attributes];
    case "event": {
      const { name, atMs, attributes } = entry.event;
      return attributes ? ["e", entry.spanId, name, atMs, attributes] : ["e", entry.spanId, name, atMs];
    }
    case "end": {
      const { code, message } = entry.status;
      const fields = ["x", entry.spanId, entry.endMs, code];
      if (entry.attributes) return [...fields, message ?? null, entry.attributes];
      return message === undefined ? fields : [...fields, message];
    }
  }
}

function unpacked(fields: unknown): unknown {
  if (!Array.isArray(fields)) return undefined;
  switch (fields[0]) {
    case "s": {
      const [, traceId, spanId, parentSpanId, name, kind, attempt, startMs, attributes, links] = fields;
      const span = { traceId, spanId, parentSpanId, name, kind, attempt, startMs, attributes };
      return { kind: "start", span: links ? { ...span, links } : span };
    }
    case "a": {
      const [, spanId, attributes] = fields;
      return { kind: "attributes", spanId, attributes };
    }
    case "e": {
      const [, spanId, name, atMs, attributes] = fields;
      return { kind: "event", spanId, event: attributes ? { name, atMs, attributes } : { name, atMs } };
    }
    case "x": {
      const [, spanId, endMs, code, message, attributes] = fields;
      const status = typeof message === "string" ? { code, message } : { code };
      return { kind: "end", spanId, endMs, status, ...(attributes && { attributes }) };
    }
    default:
      return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
