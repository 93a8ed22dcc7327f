import { startTraceSink } from "@pifleet/testkit/trace-sink";

// A collector in a process of its own: what it costs is nobody's overhead. It ends with whoever started it.
const sink = await startTraceSink();
process.stdout.write(`${sink.endpoint}\n`);
process.stdin.on("end", () => process.exit(0)).resume();
