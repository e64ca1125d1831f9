// Cases of one script: each a sentence and a function that throws when it does not hold.
export class Cases {
  passed = 0;
  failed = 0;

  // A case that takes longer than `seconds` fails, so that what comes after it still tidies up.
  constructor({ seconds = 200 } = {}) { this.seconds = seconds; }

  async check(sentence, body) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no end within ${this.seconds} seconds`)), this.seconds * 1000);
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
