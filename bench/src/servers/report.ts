/** Tells the runner the port, collects garbage when it asks, and ends with it. */
export function report(port: number): void {
  if (process.send === undefined) {
    console.log(`listening on 127.0.0.1:${port}`);
    return;
  }
  process.on("message", () => {
    collect();
    // A second pass frees what finalizers of the first one let go.
    setImmediate(() => {
      collect();
      process.send!({ collected: true });
    });
  });
  process.on("disconnect", () => process.exit());
  process.send({ port });
}

function collect(): void {
  if (gc === undefined) throw new Error("start the server with --expose-gc");
  gc();
}
