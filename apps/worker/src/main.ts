import { adoptPrivateEnvironment, endWithNpm, startOrExplain } from "@pifleet/environment";

// This may start the process anew, so all else is imported after it.
adoptPrivateEnvironment();
endWithNpm();
await startOrExplain(async () => {
  const { readArguments, readConfig } = await import("./config.ts");
  const config = { ...readConfig(process.env), ...readArguments(process.argv.slice(2)) };
  const { work } = await import("./work.ts");
  await work(config);
});
