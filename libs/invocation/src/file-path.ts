import * as z from "zod";

const MAX_PATH_BYTES = 1_024;
const MAX_SEGMENT_BYTES = 255;

/**
 * The path of a file below a workspace: relative, `/` between segments, no segment that is empty, `.` or `..`,
 * nothing that another operating system reads as a separator or a drive.
 */
export const FilePath = z.string().superRefine((path, context) => {
  const fault = filePathFault(path);
  if (fault) context.addIssue({ code: "custom", message: fault });
});
export type FilePath = z.infer<typeof FilePath>;

function filePathFault(path: string): string | undefined {
  if (path === "") return "must not be empty";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "must be relative to the workspace";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return "must not hold control characters or backslashes";
  if (byteLength(path) > MAX_PATH_BYTES) return `must not be longer than ${MAX_PATH_BYTES} bytes`;
  const segments = path.split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".."))
    return "must not hold empty segments, '.' or '..'";
  if (segments.some((segment) => byteLength(segment) > MAX_SEGMENT_BYTES))
    return `must not hold a segment of more than ${MAX_SEGMENT_BYTES} bytes`;
  return undefined;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
