// Cases of one script: each a sentence and a function that throws when it does not hold.
export class Cases {
  passed = 0;
  failed = 0;

  async check(sentence, body) {
    try {
      await body();
      this.passed += 1;
    } catch (error) {
      this.failed += 1;
      console.log(`FAILED  ${sentence}\n${error.stack ?? error}\n`);
    }
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}
