import type { FleetModel, ModelCatalog, WorkerRegistry } from "@pifleet/invocation";

/** How long an answer of the database is used again, milliseconds: submissions do not ask it one by one. */
const FRESH_MS = 5_000;
/** A model that seems to be unknown may be that of a worker that has just started: then it is read again after so long. */
const RECHECK_MS = 250;
const NAMED_MODELS = 5;

/** The models that the living workers can run. */
interface Reading {
  readonly at: number;
  readonly models: readonly FleetModel[];
  readonly ids: ReadonlySet<string>;
  readonly providers: ReadonlySet<string>;
  /** Whether every worker has said what it can run, and there is one. */
  readonly isWhole: boolean;
}

type Registry = Pick<WorkerRegistry, "list" | "catalogs">;

/** Knows the models of the fleet, at a cost that does not grow with the number of submissions. */
export class ModelDirectory {
  readonly #registry: Registry;
  readonly #now: () => number;
  readonly #catalogs = new Map<string, ModelCatalog>();
  #reading: Reading | undefined;
  #underWay: Promise<Reading> | undefined;

  /** @param now milliseconds of a clock that never goes back */
  constructor(registry: Registry, now: () => number = () => performance.now()) {
    this.#registry = registry;
    this.#now = now;
  }

  /** All models, by their ids in order. @throws {UnavailableError} */
  async list(): Promise<readonly FleetModel[]> {
    return (await this.#read(RECHECK_MS)).models;
  }

  /** Why no worker can run the model, as far as can be told; `undefined` when one may. */
  async refusal(model: string): Promise<string | undefined> {
    try {
      const usual = refusalIn(await this.#read(FRESH_MS), model);
      return usual && refusalIn(await this.#read(RECHECK_MS), model);
    } catch {
      // The submission itself will tell that the database is away.
      return undefined;
    }
  }

  async #read(maxAgeMs: number): Promise<Reading> {
    if (this.#reading && this.#now() - this.#reading.at <= maxAgeMs) return this.#reading;
    this.#underWay ??= this.#readNow().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #readNow(): Promise<Reading> {
    const at = this.#now();
    const workers = await this.#registry.list();
    const digests = workers.flatMap(({ models }) => models ?? []);
    await this.#learn(new Set(digests));
    const known = digests.flatMap((digest) => this.#catalogs.get(digest) ?? []);
    const models = merged(known);
    this.#reading = {
      at,
      models,
      ids: new Set(models.map(({ id }) => id)),
      providers: new Set(known.flatMap(({ providers }) => providers)),
      isWhole: workers.length > 0 && known.length === workers.length,
    };
    return this.#reading;
  }

  /** A catalog never changes: each is read once for as long as a worker has it. */
  async #learn(digests: ReadonlySet<string>): Promise<void> {
    for (const digest of this.#catalogs.keys()) if (!digests.has(digest)) this.#catalogs.delete(digest);
    const unknown = [...digests].filter((digest) => !this.#catalogs.has(digest));
    for (const [digest, catalog] of await this.#registry.catalogs(unknown)) this.#catalogs.set(digest, catalog);
  }
}

function merged(catalogs: readonly ModelCatalog[]): FleetModel[] {
  const byId = new Map<string, FleetModel>();
  for (const model of catalogs.flatMap(({ models }) => models)) {
    const before = byId.get(model.id);
    const shown = before?.ready ? before : model;
    byId.set(model.id, { ...shown, workers: (before?.workers ?? 0) + 1 });
  }
  return [...byId.values()].sort(({ id: one }, { id: other }) => (one < other ? -1 : 1));
}

/** A built-in provider without a key lists no models; then the run tells what is missing. */
function refusalIn({ models, ids, providers, isWhole }: Reading, model: string): string | undefined {
  if (!isWhole || ids.has(model)) return undefined;
  const provider = model.slice(0, Math.max(0, model.indexOf("/")));
  if (!providers.has(provider)) return `no worker knows the provider '${provider}'; GET /v1/models lists the models`;
  const own = models.filter((one) => one.provider === provider).map(({ id }) => id);
  if (own.length === 0) return undefined;
  const named = `${own.slice(0, NAMED_MODELS).join(", ")}${own.length > NAMED_MODELS ? ", …" : ""}`;
  return `no worker knows the model '${model}'; the provider has ${named} (all: GET /v1/models)`;
}
