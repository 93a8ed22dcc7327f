import { curlExample } from "./curl.ts";
import { type ApiDocument, type Endpoint, endpointsOf, exampleOf, type Media, type Schema } from "./document.ts";
import { type Html, html, prose } from "./html.ts";
import { fieldRow, fieldsOf, typeOf } from "./schema.ts";

/** The addresses of the files that the page loads. */
export interface PageFiles {
  readonly style: string;
  readonly script: string;
}

/** The API reference as one page of HTML: every operation and every schema of `document`. */
export function renderPage(document: ApiDocument, { style, script }: PageFiles): string {
  const { title, description } = document.info;
  const endpoints = endpointsOf(document);
  const groups = document.tags.map((tag) => {
    const members = endpoints.filter(({ operation }) => operation.tags.includes(tag.name));
    return { ...tag, members };
  });
  const schemas = Object.entries(document.components.schemas);
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} API</title>
<link rel="stylesheet" href="${style}">
<script src="${script}" defer></script>
<header>
<a class="title" href="#top">${title} API</a>
<input type="search" placeholder="Search ( / )" aria-label="Search operations and schemas" hidden>
</header>
<nav aria-label="Contents"><details open><summary>Contents</summary>
${groups.map(({ name, members }) => html`<h2>${name}</h2><ul>${members.map(endpointLink)}</ul>`)}
<h2>schemas</h2><ul>${schemas.map(([name]) => html`<li data-for="schema-${name}"><a href="#schema-${name}">${name}</a></li>`)}</ul>
</details></nav>
<main id="top">
<h1>${title} API</h1>
<p>${prose(description)}</p>
<p>Send your key with every request to <code>/v1</code>, as <code>Authorization: Bearer</code>. The examples read it from
<code>PIFLEET_API_KEY</code>, and the address of this server from <code>PIFLEET_URL</code>.
The <a href="/openapi.json">OpenAPI document</a> describes the same API for tools.</p>
<p id="nothing-found" role="status" hidden>Nothing matches your search.</p>
${groups.map((group) => html`<h2 data-group>${group.name}</h2><p data-group>${prose(group.description)}</p>${group.members.map((one) => endpointSection(one, document))}`)}
<h2 data-group>schemas</h2>
${schemas.map(([name, schema]) => schemaSection(name, schema))}
</main>
</html>
`;
  return page.text;
}

function endpointLink({ method, operation }: Endpoint): Html {
  const { operationId, summary } = operation;
  return html`<li data-for="${operationId}"><a href="#${operationId}"><b class="${method}">${method}</b> ${summary}</a></li>`;
}

function endpointSection(endpoint: Endpoint, document: ApiDocument): Html {
  const { method, path, operation } = endpoint;
  const { operationId, summary, description, parameters = [], requestBody } = operation;
  const rows = parameters.map(({ in: place, name, schema = {}, required = false, description: text }) => ({
    place,
    row: fieldRow({ name, schema, required, description: text }),
  }));
  const tables = ["path", "query", "header"].map((kind) => {
    const members = rows.filter(({ place }) => place === kind).map(({ row }) => row);
    return members.length > 0 ? html`<h4>${kind} parameters</h4><ul class="fields">${members}</ul>` : undefined;
  });
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, media]) => html`<h4>request body <small>${type}</small></h4>${body(media)}`,
  );
  return html`<section id="${operationId}" data-find="${`${method} ${path} ${operationId} ${summary}`.toLowerCase()}">
<h3><a href="#${operationId}">${summary}</a></h3>
<p class="path"><b class="${method}">${method}</b> <code>${path}</code></p>
${description && html`<p>${prose(description)}</p>`}${tables}${bodies}
<h4>example</h4>${example(curlExample(endpoint, document))}
<h4>responses</h4>${responses(endpoint, document)}
</section>
`;
}

/** Successes with their bodies; errors, which all are problems, in one line each. */
function responses({ operation }: Endpoint, document: ApiDocument): Html {
  const items = Object.entries(operation.responses).map(([status, { description, content = {} }]) => {
    const media = Object.entries(content);
    const types = media.map(([type, { schema = {} }]) => html` <small>${type}</small> ${typeOf(schema)}`);
    const isError = Number(status) >= 400;
    const details = isError ? [] : media.map(([type, one]) => answer(type, one, document));
    return html`<li><b>${status}</b> ${prose(description)}${types}${details}</li>`;
  });
  return html`<ul class="responses">${items}</ul>`;
}

function answer(type: string, media: Media, document: ApiDocument): Html {
  // The example of a schema stands with the schema.
  const shown = media.example ?? (media.schema?.$ref ? undefined : exampleOf(media, document));
  const sample = shown === undefined ? undefined : example(asText(shown));
  if (!sample) return html``;
  return html`<details><summary>Example <small>${type}</small></summary>${sample}</details>`;
}

function body({ schema = {} }: Media): Html {
  const text = schema.description === undefined ? undefined : html`: ${prose(schema.description)}`;
  return html`<p>${typeOf(schema)}${text}</p>${fieldsOf(schema)}`;
}

function schemaSection(name: string, schema: Schema): Html {
  const samples = (schema.examples ?? []).map(
    (one) => html`<details><summary>Example</summary>${example(asText(one))}</details>`,
  );
  return html`<section id="schema-${name}" data-find="${name.toLowerCase()}">
<h3><a href="#schema-${name}">${name}</a></h3>
${body({ schema })}${samples}
</section>
`;
}

function example(text: string): Html {
  return html`<pre tabindex="0"><code>${text}</code></pre>`;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
}
