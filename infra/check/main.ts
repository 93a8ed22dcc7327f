// `npm run check`: every check at once, quiet where all is well, and one line at the end.
import { parseArgs, styleText } from "node:util";
import { CHECKS, type Check } from "./checks.ts";
import { type Finding, runCheck } from "./run-check.ts";

const startedAt = performance.now();
const { positionals } = parseArgs({ allowPositionals: true });
const chosen = positionals.length === 0 ? CHECKS : CHECKS.filter(({ name }) => positionals.includes(name));
const findings = await Promise.all(chosen.map(runCheck));
for (const finding of findings.filter(({ ok }) => !ok)) report(finding);
conclude(findings);

function report({ check, output }: Finding): void {
  process.stdout.write(`${styleText("bold", `── ${check.name}: ${check.about} ──`)}\n${output.trim()}\n\n`);
}

function conclude(findings: Finding[]): void {
  const failed = findings.filter(({ ok }) => !ok).map(({ check }) => check.name);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const names = (checks: readonly Check[]) => checks.map(({ name }) => name).join(", ");
  const line =
    findings.length === 0
      ? styleText("red", `✗ There is no such check. There are: ${names(CHECKS)}.`)
      : failed.length > 0
        ? styleText("red", `✗ check failed: ${failed.join(", ")} (${seconds} s)`)
        : styleText("green", `✓ check passed: ${names(chosen)} (${seconds} s)`);
  process.stdout.write(`${line}\n`);
  process.exitCode = findings.length > 0 && failed.length === 0 ? 0 : 1;
}
