import { adoptPrivateEnvironment, endWithNpm } from "@pifleet/environment";

// This may start the process anew, so all else is imported after it. The other commands end soon, and read what is given
// to them on standard input.
if (process.argv[2] === "dev") adoptPrivateEnvironment();
endWithNpm();
await import("./command-line.ts");
