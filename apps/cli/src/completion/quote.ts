/** A text as one word of a POSIX shell, of Bash or of Zsh, with nothing in it that the shell would obey. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
