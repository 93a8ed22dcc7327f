import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as tls from "node:tls";
import type { ModelNetwork } from "@pifleet/invocation";

/** As those of Node's own agents. */
const AGENT_OPTIONS = { keepAlive: true, scheduling: "lifo", timeout: 5_000 } as const;

/** How model requests reach their providers: through the proxies, and trusting the certificates, of the deployment. */
export class Network {
  readonly #network: ModelNetwork;
  #http: http.Agent | undefined;
  #https: https.Agent | undefined;

  constructor(network: ModelNetwork) {
    this.#network = network;
  }

  /** The agent for requests by this protocol, such as `https:`. @throws when a file of certificates cannot be read */
  agent(protocol: string): http.Agent {
    const { proxy: proxyEnv } = this.#network;
    const options = { ...AGENT_OPTIONS, ...(proxyEnv && { proxyEnv }) };
    if (protocol !== "https:") {
      this.#http ??= new http.Agent(options);
      return this.#http;
    }
    this.#https ??= new https.Agent({ ...options, ...this.#trusted() });
    return this.#https;
  }

  /** Read at the first request that needs it: most deployments have none, and many providers are reached without TLS. */
  #trusted(): Pick<https.AgentOptions, "ca"> {
    const { certificateFiles = [] } = this.#network;
    if (certificateFiles.length === 0) return {};
    return { ca: [...tls.rootCertificates, ...certificateFiles.map((path) => readFileSync(path, "utf8"))] };
  }
}
