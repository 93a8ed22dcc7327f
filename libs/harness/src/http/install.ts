// Imported for its effect, before anything that looks for fetch among the globals.
import { useModelFetch } from "./use-model-fetch.ts";

useModelFetch();
