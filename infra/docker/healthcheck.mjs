// Whether this container is healthy. The API says so itself. A worker has no port: it is on the fleet's own list of
// workers while it lives, and its container ends with it.
import { readFileSync } from "node:fs";
import { get } from "node:http";

const command = readFileSync("/proc/1/cmdline", "utf8").split("\0");
if (command.some((word) => word === "api" || word.endsWith("/api.mjs"))) {
  get(`http://127.0.0.1:${process.env.PORT}/readyz`, (response) => {
    process.exitCode = response.statusCode === 200 ? 0 : 1;
    response.resume();
  }).on("error", () => {
    process.exitCode = 1;
  });
}
