// Waiting for what another process will do, never for ever.
import { setTimeout as delay } from 'node:timers/promises';

// Asks until the answer is one, and gives it. `what` is said when it never was.
export async function until(what, condition, seconds = 60) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} seconds: ${what}`);
    await delay(10);
  }
}
