/** Preloaded into a service: SIGUSR2 makes its event loop stand still for ever. */
function standStill(): void {
  for (;;);
}

process.on("SIGUSR2", standStill);
