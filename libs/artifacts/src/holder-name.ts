import { type ArtifactHolder, InvocationId } from "@pifleet/invocation";

const HOLDER = /^(?<id>inv_\w{26})-(?<attempt>\d{1,9})$/;

/** What a holder is called in a store: `<invocation>-<attempt>`. */
export function holderName({ id, attempt }: ArtifactHolder): string {
  return `${id}-${attempt}`;
}

/** The holder that is called so; `undefined` for what is no holder's name. */
export function holderOf(name: string): ArtifactHolder | undefined {
  const { id, attempt } = HOLDER.exec(name)?.groups ?? {};
  const parsed = InvocationId.safeParse(id);
  return parsed.success ? { id: parsed.data, attempt: Number(attempt) } : undefined;
}
