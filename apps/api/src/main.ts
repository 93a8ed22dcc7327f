import { adoptPrivateEnvironment, endWithNpm, knownArguments, startOrExplain } from "@pifleet/environment";

// This may start the process anew, so all else is imported after it.
adoptPrivateEnvironment();
endWithNpm();
await startOrExplain(async () => {
  knownArguments(process.argv.slice(2));
  const { readConfig } = await import("./config.ts");
  const config = readConfig(process.env);
  const { serve } = await import("./serve.ts");
  await serve(config);
});
