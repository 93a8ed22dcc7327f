export { conformingFetch } from "./conforming-fetch.ts";
export { Contract } from "./contract.ts";
