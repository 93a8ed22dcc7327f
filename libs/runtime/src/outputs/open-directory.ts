import { constants, type Dirent, type Stats } from "node:fs";
import { type FileHandle, lstat, open, opendir } from "node:fs/promises";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A file or directory in a directory, by its name. */
export interface Entry {
  /** As the file system has it: any bytes. */
  readonly name: Buffer;
  readonly kind: "file" | "directory" | "symbolic link" | "special file";
}

/**
 * A directory that is held open. What is in it is reached through the open directory, so that it does not matter what
 * becomes of the path on which it was found, and no symbolic link is followed. Where there is no /proc that is not to be
 * had, and the path must do.
 */
export class OpenDirectory {
  readonly #handle: FileHandle;
  readonly #path: Buffer;

  private constructor(handle: FileHandle, path: Buffer) {
    this.#handle = handle;
    this.#path = process.platform === "linux" ? Buffer.from(`/proc/self/fd/${handle.fd}`) : path;
  }

  /** @param path its last part must be no symbolic link */
  static async open(path: string | Buffer): Promise<OpenDirectory> {
    const bytes = Buffer.from(path);
    return new OpenDirectory(await open(bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), bytes);
  }

  /** Opens a directory in this one; not through a symbolic link. */
  directory(name: Buffer): Promise<OpenDirectory> {
    return OpenDirectory.open(this.#pathOf(name));
  }

  /** Opens a file in this one; not through a symbolic link. It never waits, whatever the file is. */
  file(name: Buffer): Promise<FileHandle> {
    return open(this.#pathOf(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  }

  /** What is in it, sorted by name; the first `most` that the file system names. */
  async entries(most: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    // The types of Node do not know this encoding.
    const options = { encoding: "buffer" as BufferEncoding };
    for await (const entry of await opendir(this.#path.toString(), options)) {
      if (entries.length === most) break;
      entries.push(await this.#entry(entry as unknown as Dirent<Buffer>));
    }
    return entries.sort((a, b) => Buffer.compare(a.name, b.name));
  }

  /** Safe to call twice. */
  close(): Promise<void> {
    return this.#handle.close();
  }

  async #entry(entry: Dirent<Buffer>): Promise<Entry> {
    const { name } = entry;
    const isKnown = entry.isFile() || entry.isDirectory() || entry.isSymbolicLink();
    // Some file systems do not say at once what an entry is.
    return { name, kind: kindOf(isKnown ? entry : await lstat(this.#pathOf(name))) };
  }

  #pathOf(name: Buffer): Buffer {
    return Buffer.concat([this.#path, Buffer.from("/"), name]);
  }
}

function kindOf(entry: Dirent<Buffer> | Stats): Entry["kind"] {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  return entry.isSymbolicLink() ? "symbolic link" : "special file";
}
