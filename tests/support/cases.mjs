// The cases of one end-to-end test: sentences with a function each, played in order.
export class Cases {
  constructor() {
    this.list = [];
  }

  // Reads as: it('refuses a file cut at a chunk border', async () => {...}).
  it(sentence, run) {
    this.list.push({ sentence, run });
  }

  // Plays all of them, says how it went and sets the exit code. A failed case does not stop the
  // next one: each must leave behind what the others can live with.
  async play() {
    let failed = 0;
    for (const { sentence, run } of this.list) {
      const start = process.hrtime.bigint();
      try {
        await run();
        console.log(`ok    ${sentence} (${Number((process.hrtime.bigint() - start) / 1000000n)} ms)`);
      } catch (error) {
        failed += 1;
        console.log(`FAIL  ${sentence}\n      ${String(error?.stack ?? error).replaceAll('\n', '\n      ')}`);
      }
    }
    console.log(`${this.list.length - failed} played, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
    return failed;
  }
}
