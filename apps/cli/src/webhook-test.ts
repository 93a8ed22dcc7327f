import { setTimeout } from "node:timers/promises";
import type { DeliveryWithBody } from "@pifleet/client";
import type { Context } from "./context.ts";
import { CommandFailure } from "./failure.ts";

const TYPE = "invocation.succeeded";
const POLL_MS = 250;

/**
 * Lets the fleet tell a webhook of an invocation that is made for this, and waits for the first try. Returns the
 * delivery. @throws {CommandFailure} when the webhook is not told of it
 */
export async function testWebhook(id: string, { client, interruption, output }: Context): Promise<DeliveryWithBody> {
  const fleet = client();
  const signal = interruption.asked;
  const { enabled, events } = await fleet.webhooks.get(id, { signal });
  if (!enabled) throw new CommandFailure(`The webhook is disabled: \`pifleet webhooks update ${id} --enable\`.`);
  if (events.length > 0 && !events.includes(TYPE)) throw new CommandFailure(`The webhook is not told of ${TYPE}.`);
  const { id: invocation } = await fleet.invocations.create(
    { model: "demo/scripted", input: "Say hello", metadata: { purpose: "webhook test" } },
    { signal },
  );
  output.progress(`${invocation} runs; its end is told.`);
  return output.whileWaiting({ describe: () => "waiting for the first try" }, async () => {
    await fleet.invocations.wait(invocation, { signal });
    for (;;) {
      const [delivery] = (await fleet.deliveries.list({ webhook: id, invocation }, { signal })).items;
      if (delivery && delivery.tries.length > 0) return fleet.deliveries.get(delivery.id, { signal });
      await setTimeout(POLL_MS, undefined, { signal });
    }
  });
}
