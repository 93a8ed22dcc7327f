import type { Client } from "@pifleet/client";
import type { DevConfig, OperatorConfig } from "./config.ts";
import type { Interruption } from "./interruption.ts";
import type { Output } from "./output.ts";

/** What commands are given to do their work with. */
export interface Context {
  readonly output: Output;
  readonly stdin: NodeJS.ReadStream;
  readonly interruption: Interruption;
  /** The client of the fleet that the environment names. @throws {ConfigurationError} when the environment is wrong */
  client(): Client;
  /** @throws {ConfigurationError} when the environment is wrong */
  devConfig(): DevConfig;
  /** @throws {ConfigurationError} when the environment is wrong */
  operatorConfig(): OperatorConfig;
  /** What the program exits with when the command does not throw. */
  exitCode: number;
}
