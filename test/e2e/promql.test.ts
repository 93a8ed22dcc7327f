import { expect, it } from "vitest";
import { problemsOf, queriesOfDashboard, queriesOfRules, readScrape } from "./promql.ts";

const SCRAPE = readScrape(
  '# TYPE a_total counter\na_total{kind="x",tenant="t \\"1\\""} 3\na_total{kind="y",tenant="u"} 0\n',
  'b_bucket{le="0.5"} 1\nb_bucket{le="+Inf"} 2\nc 1e-05\n',
);
const problems = (expr: string, shown: string[] = []) => problemsOf({ where: "Panel", expr, shown }, SCRAPE);

it.each([
  'sum by (kind) (max by (kind, tenant) (rate(a_total{kind="x"}[5m])))',
  "histogram_quantile(0.9, max by (le) (rate(b_bucket[5m]))) > 3",
  "topk(3, sum by (tenant) (a_total)) > on (tenant) group_left () a_total",
  'c{instance="i"} < 2e9 and c',
])("a query that names only what the scrape has is fine: %s", (expr) => {
  expect(problems(expr)).toEqual([]);
});

it.each([
  ["max(d)", "Panel: no scrape has a metric d"],
  ['a_total{sort="x"}', "Panel: no scrape has the label sort there"],
  ['a_total{sort=~"x"}', "Panel: no scrape has the label sort there"],
  ['a_total{kind="z"}', "Panel: no scrape has a_total with kind z"],
  ["sum by (tenants) (a_total)", "Panel: no scrape has the label tenants there"],
  ["sum by (kind) (max by (tenant) (a_total))", "Panel: no scrape has the label kind there"],
  ["histogram_quantile(0.9, sum(rate(b_bucket[5m])))", "Panel: no scrape has the label le there"],
  ["a_total > on (le) a_total", "Panel: no scrape has the label le there"],
])("a query that names something else is told: %s", (expr, problem) => {
  expect(problems(expr)).toEqual([problem]);
});

it.each(["sum(a_total", "rate(a_total[5 minutes])", "max by kind (a_total)", ""])(
  "what is no query is told: '%s'",
  (expr) => {
    expect(problems(expr).join()).toContain("cannot be parsed");
  },
);

it("a legend names only labels of the result", () => {
  expect(problems("sum by (kind) (a_total)", ["kind", "tenant"])).toEqual(["Panel: its result has no label tenant"]);
});

it("all queries of rules and dashboards are read, with the labels that are shown", () => {
  const rules = `
      - alert: One
        expr: max(c) > 1
        annotations: { summary: "{{ $labels.kind }} {{ $value }}" }
      - alert: Two
        expr: >-
          max(c)
          / min(c)
        for: 1m
`;
  expect(queriesOfRules(rules)).toEqual([
    { where: "One", expr: "max(c) > 1", shown: ["kind"] },
    { where: "Two", expr: "          max(c)\n          / min(c)\n", shown: [] },
  ]);
  const targets = [{ expr: "rate(c[$__rate_interval])", legendFormat: "{{kind}}/{{ tenant }} of c" }];
  expect(queriesOfDashboard(JSON.stringify({ panels: [{ title: "Panel", targets }] }))).toEqual([
    { where: "Panel", expr: "rate(c[5m])", shown: ["kind", "tenant"] },
  ]);
});
