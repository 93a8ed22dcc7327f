import type { TraceDelivery as Original } from "@pifleet/execution";

/** Delivers nothing. */
export class TraceDelivery implements Pick<Original, keyof Original> {
  readonly begin = () => undefined;
  readonly catchUp = async () => undefined;
  readonly idle = async () => undefined;
  readonly end = async () => undefined;
}
