import { describe, expect, it } from "vitest";
import { WebhookSchedule } from "./schedule.ts";

describe("the schedule", () => {
  it("is that of Standard Webhooks unless another one is named", () => {
    const minutes = [0, 1 / 12, 5, 30, 120, 300, 600, 840, 1_200, 1_440];
    expect(WebhookSchedule.parse(undefined)).toEqual(minutes.map((each) => Math.round(each * 60_000)));
  });

  it.each([
    ["0s", [0]],
    ["0s,1s,2s", [0, 1_000, 2_000]],
    [" 0ms , 500ms ", [0, 500]],
    ["2s,5m", [2_000, 300_000]],
  ])("is read from %j", (text, expected) => {
    expect(WebhookSchedule.parse(text)).toEqual(expected);
  });

  it.each([
    ["", '"" is none'],
    ["0s,", '"" is none'],
    ["0s;5s", '"0s;5s" is none'],
    ["0s,5", '"5" is none'],
    ["0", '"0" is none'],
    ["0s,-5s", '"-5s" is none'],
    ["0s,five minutes", '"five minutes" is none'],
    ["0s,31d", '"31d" is none'],
    [Array(51).fill("1s").join(), "must not name more than 50 tries"],
  ])("refuses %j and says what is wrong", (text, words) => {
    expect(WebhookSchedule.safeParse(text).error?.issues[0]?.message).toContain(words);
  });
});
