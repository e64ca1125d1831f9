// TLS sessions taken up again, which spares both sides a full handshake: by clients at the gateway's
// door, and by the gateway towards the cloud.
//
//   node tests/hostile/resumption_test.mjs BIN_DIR
import assert from 'node:assert/strict';
import tls from 'node:tls';

import { Interposer } from '../support/interposer.mjs';
import { Office } from '../support/office.mjs';
import { Cases } from './cases.mjs';

const wire = new Interposer();
const office = await Office.open({ bin: process.argv[2], between: (cloud) => wire.before(cloud) });
await office.login();
const cases = new Cases();

// One request over a connection of its own: { resumed, session } when it was answered.
function ask(version, session) {
  return new Promise((resolve, reject) => {
    let last = session;
    let text = '';
    const socket = tls.connect({ host: '127.0.0.1', port: office.port, servername: 'localhost', ca: office.ca,
      minVersion: version, maxVersion: version, session });
    socket.on('session', (ticket) => { last = ticket; });
    socket.on('error', reject);
    socket.on('data', (data) => { text += data; });
    socket.on('secureConnect', () => socket.write('GET /v1.0/me/drive HTTP/1.1\r\nHost: localhost:'
      + `${office.port}\r\nAuthorization: Bearer ${office.token}\r\nConnection: close\r\n\r\n`));
    socket.on('end', () => {
      socket.end();
      if (text.startsWith('HTTP/1.1 200 ')) resolve({ resumed: socket.isSessionReused(), session: last });
      else reject(new Error(text.slice(0, 200)));
    });
  });
}

for (const version of ['TLSv1.3', 'TLSv1.2'])
  await cases.check(`a client takes up its session of ${version}, whichever thread serves it`, async () => {
    let { resumed, session } = await ask(version);
    assert.equal(resumed, false);
    for (let i = 0; i < 8; i += 1) {
      ({ resumed, session } = await ask(version, session));
      assert.equal(resumed, true);
    }
  });

// A ticket of TLS 1.3 is used once, and this cloud hands out two with a full handshake and none with a
// resumed one.
await cases.check('the gateway takes up its session with the cloud as often as it has a ticket', async () => {
  wire.answer = () => ({ headers: { connection: 'close' }, body: { id: 'b!drive', driveType: 'business' } });
  const before = wire.resumed.length;
  for (let i = 0; i < 9; i += 1) await ask('TLSv1.3');
  assert.equal(wire.resumed.length, before + 9);
  assert.equal(wire.resumed.slice(before).filter(Boolean).length, 6);
  wire.answer = () => undefined;
});

await cases.check('a session of before a restart costs a handshake and nothing else', async () => {
  const { session } = await ask('TLSv1.3');
  await office.killGateway('SIGTERM');
  await office.startGateway();
  assert.equal((await ask('TLSv1.3', session)).resumed, false);
});

wire.stop();
try {
  await office.stop();
} finally {
  cases.end();
}
