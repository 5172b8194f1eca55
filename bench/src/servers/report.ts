/** Reports the port to the runner, collects garbage on request and reports what is left on the heap, and exits with the runner. */
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
      const { heapUsed, external } = process.memoryUsage();
      process.send!({ heapBytes: heapUsed + external });
    });
  });
  process.on("disconnect", () => process.exit());
  process.send({ port });
}

function collect(): void {
  if (gc === undefined) throw new Error("start the server with --expose-gc");
  gc();
}
