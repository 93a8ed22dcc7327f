import type * as z from "zod";

/**
 * Makes a function that copies the fields which the schema knows, in its order. It checks nothing: that would cost
 * more than all the rest of an answer.
 */
export function fieldOrder<Schema extends z.ZodObject>(schema: Schema): (value: z.infer<Schema>) => z.infer<Schema> {
  const names = Object.keys(schema.shape);
  return (value) => {
    const ordered: Record<string, unknown> = {};
    for (const name of names) ordered[name] = value[name];
    return ordered as z.infer<Schema>;
  };
}
