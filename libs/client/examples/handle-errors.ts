// What can go wrong, by its type. Requests that failed for a reason that may pass were sent again already.
//   node handle-errors.ts inv_01K…
import { ConnectionError, createClient, PiFleetError } from "@pifleet/client";

const { PIFLEET_URL = "http://127.0.0.1:8787", PIFLEET_API_KEY } = process.env;
const client = createClient({ url: PIFLEET_URL, apiKey: PIFLEET_API_KEY });

const [, , id = ""] = process.argv;
try {
  const { status } = await client.invocations.get(id);
  console.log(status);
} catch (error) {
  if (error instanceof ConnectionError) {
    console.log(`nobody answers at ${error.url}`);
  } else if (error instanceof PiFleetError && error.status === 404) {
    console.log(`there is no ${id}, or it is not yours`);
  } else if (error instanceof PiFleetError && error.retryAfterMs !== undefined) {
    console.log(`come back in ${error.retryAfterMs} ms: ${error.message}`);
  } else {
    throw error;
  }
}
