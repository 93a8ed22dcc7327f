import { describe, expect, it } from "vitest";
import { StartGate } from "./start-gate.ts";

const never = new AbortController().signal;

describe("the start gate", () => {
  it("lets in as many as there are places, and the others in the order of asking", async () => {
    const gate = new StartGate(1);
    const order: string[] = [];
    const enter = async (name: string) => {
      const leave = await gate.enter(never);
      order.push(name);
      return leave;
    };
    const leaveFirst = await enter("first");
    const second = enter("second");
    const third = enter("third");
    expect(order).toEqual(["first"]);
    leaveFirst();
    leaveFirst();
    (await second)();
    await third;
    expect(order).toEqual(["first", "second", "third"]);
  });

  it("forgets who does not want to wait any more", async () => {
    const gate = new StartGate(1);
    const leave = await gate.enter(never);
    const impatient = new AbortController();
    const gone = gate.enter(impatient.signal);
    const patient = gate.enter(never);
    impatient.abort(new Error("enough"));
    await expect(gone).rejects.toThrow("enough");
    leave();
    await expect(patient).resolves.toBeTypeOf("function");
  });
});
