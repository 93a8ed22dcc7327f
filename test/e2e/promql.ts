import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** A query of Prometheus, and the labels that a text beside it names. */
export interface Query {
  readonly where: string;
  readonly expr: string;
  /** Labels that a legend or an annotation shows. */
  readonly shown: readonly string[];
}

/** The values of each label of each metric in a scrape. */
export type Scrape = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** What Prometheus itself adds to a sample. */
const ADDED = ["instance", "job"];
/** These keep the labels of what they choose from. */
const CHOOSING = new Set(["Topk", "Bottomk"]);

/** The metrics of texts in the format of Prometheus that have a sample, with their labels. */
export function readScrape(...texts: readonly string[]): Scrape {
  const metrics = new Map<string, Map<string, Set<string>>>();
  for (const line of texts.join("\n").split("\n")) {
    const [, name, labels = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const metric = metrics.get(name) ?? new Map<string, Set<string>>();
    metrics.set(name, metric);
    for (const [, label = "", value = ""] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      metric.set(label, (metric.get(label) ?? new Set()).add(value));
    }
  }
  return metrics;
}

/** The queries of a file of rules. */
export function queriesOfRules(rules: string): Query[] {
  return rules
    .split(/^ *- alert: /m)
    .slice(1)
    .map((rule) => {
      const [, folded, line = ""] = /^ *expr: (?:>-\n((?: {10}.*\n)+)|(.*)$)/m.exec(rule) ?? [];
      const shown = [...rule.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
      return { where: rule.split("\n", 1)[0] ?? "", expr: folded ?? line, shown };
    });
}

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

/** The queries of a dashboard of Grafana. */
export function queriesOfDashboard(dashboard: string): Query[] {
  const { panels }: { panels: readonly Panel[] } = JSON.parse(dashboard);
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({
      where: title,
      expr: expr.replaceAll("$__rate_interval", "5m"),
      shown: [...legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = ""]) => label),
    })),
  );
}

/** What a query asks for that the scrape does not have. */
export function problemsOf(query: Query, scrape: Scrape): string[] {
  const check = new Check(query.expr, scrape);
  const labels = check.labelsOf(parser.parse(query.expr).topNode);
  const unknown = query.shown.filter((label) => !labels.has(label));
  return [...check.problems, ...unknown.map((label) => `its result has no label ${label}`)].map(
    (problem) => `${query.where}: ${problem}`,
  );
}

/** Follows the labels through a query, as an evaluation does. */
class Check {
  readonly problems: string[] = [];
  readonly #expr: string;
  readonly #scrape: Scrape;

  constructor(expr: string, scrape: Scrape) {
    this.#expr = expr;
    this.#scrape = scrape;
  }

  /** The labels that the value of this part of the query has. */
  labelsOf(node: SyntaxNode): Set<string> {
    if (node.type.isError) this.problems.push(`cannot be parsed at character ${node.from}`);
    if (node.name === "VectorSelector") return this.#selected(node);
    const labels = new Set(children(node).flatMap((child) => [...this.labelsOf(child)]));
    if (node.name === "AggregateExpr") return this.#aggregated(node, labels);
    if (node.name === "FunctionCall" && node.getChild("FunctionIdentifier")?.getChild("HistogramQuantile")) {
      this.#require(["le"], labels);
      labels.delete("le");
    }
    const matching = node.getChild("MatchingModifierClause");
    if (matching) this.#require(this.#grouping(matching), labels);
    return labels;
  }

  #selected(node: SyntaxNode): Set<string> {
    const name = this.#text(node.getChild("Identifier"));
    const metric = this.#scrape.get(name);
    if (!metric) this.problems.push(`no scrape has a metric ${name}`);
    const labels = new Set([...(metric?.keys() ?? []), ...ADDED]);
    for (const matcher of node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []) {
      const label = this.#text(matcher.getChild("LabelName"));
      const value = this.#text(matcher.getChild("StringLiteral")).slice(1, -1);
      this.#require([label], labels);
      const isEqual = matcher.getChild("MatchOp")?.getChild("EqlSingle");
      if (isEqual && metric?.get(label)?.has(value) === false)
        this.problems.push(`no scrape has ${name} with ${label} ${value}`);
    }
    return labels;
  }

  #aggregated(node: SyntaxNode, labels: Set<string>): Set<string> {
    const modifier = node.getChild("AggregateModifier");
    const named = modifier ? this.#grouping(modifier) : [];
    this.#require(named, labels);
    const operation = node.getChild("AggregateOp")?.firstChild?.name ?? "";
    if (CHOOSING.has(operation)) return labels;
    if (modifier?.getChild("Without")) return new Set([...labels].filter((label) => !named.includes(label)));
    return new Set(named);
  }

  #require(wanted: readonly string[], labels: ReadonlySet<string>): void {
    for (const label of wanted) if (!labels.has(label)) this.problems.push(`no scrape has the label ${label} there`);
  }

  #grouping(node: SyntaxNode): string[] {
    const labels = node.getChild("GroupingLabels")?.getChildren("LabelName") ?? [];
    return labels.map((label) => this.#text(label));
  }

  #text(node: SyntaxNode | null): string {
    return node ? this.#expr.slice(node.from, node.to) : "";
  }
}

function children(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) all.push(child);
  return all;
}
