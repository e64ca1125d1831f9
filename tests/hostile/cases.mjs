// Cases of one script: each a sentence and a function that throws when it does not hold.
export class Cases {
  passed = 0;
  failed = 0;

  // A case that waits for ever fails, so that what comes after it still tidies up.
  async check(sentence, body, seconds = 200) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no end within ${seconds} seconds`)), seconds * 1000);
    });
    try {
      await Promise.race([body(), late]);
      this.passed += 1;
    } catch (error) {
      this.failed += 1;
      console.log(`FAILED  ${sentence}\n${error.stack ?? error}\n`);
    } finally {
      clearTimeout(timer);
    }
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}
