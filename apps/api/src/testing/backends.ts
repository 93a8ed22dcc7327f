import { type Backend, UnavailableError } from "@pifleet/invocation";

/** The backend with some of its ports' methods replaced. */
export function altered(backend: Backend, changes: { [Port in keyof Backend]?: Partial<Backend[Port]> }): Backend {
  const ports = Object.entries(changes).map(([name, methods]) => {
    const port = backend[name as keyof Backend];
    return [name, typeof methods === "function" ? methods : withMethods(port, methods)];
  });
  return { ...backend, ...Object.fromEntries(ports) };
}

function withMethods(port: object, methods: object): object {
  return new Proxy(port, {
    get: (target, name) => {
      const value = Reflect.get(name in methods ? methods : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** What every method does while the database is away. */
export async function away(): Promise<never> {
  throw new UnavailableError("connect ECONNREFUSED 10.1.2.3:6379");
}
