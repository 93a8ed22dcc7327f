/**
 * V8's flags for a runner out of the snapshot. Whoever makes the snapshot has to have the same ones: with others, V8
 * refuses the compiled code of Node's own modules that is in it.
 *
 * A runner mostly waits, and shares its cores with others: helpers that collect and compile beside its one thread take
 * more time than they save, and a first compiler that is quick but not good does not pay within a run.
 */
export const SNAPSHOT_FLAGS: readonly string[] = ["--single-threaded", "--no-sparkplug"];
