import type { Scripts } from "../scripting/scripts.ts";

/** Notes the schema of the fleet's data, unless a newer one is noted. */
export async function raiseSchema(scripts: Scripts, schema: number): Promise<void> {
  await scripts.run("raise-schema", [scripts.keys.schema], [schema]);
}
