// Whether this container is healthy, as its API or its worker says. A worker that was given no port answers nowhere: it is
// on the fleet's own list of workers while it lives, and its container ends with it.
import { readFileSync } from "node:fs";
import { get } from "node:http";

const command = readFileSync("/proc/1/cmdline", "utf8").split("\0");
const isApi = command.some((word) => word === "api" || word.endsWith("/api.mjs"));
const port = isApi ? process.env.PORT : process.env.PIFLEET_WORKER_PORT;
if (port) {
  get(`http://127.0.0.1:${port}/readyz`, (response) => {
    process.exitCode = response.statusCode === 200 ? 0 : 1;
    response.resume();
  }).on("error", () => {
    process.exitCode = 1;
  });
}
