// A file read in every way a client may, and what an honest outcome of each reading is.
import assert from 'node:assert/strict';
import https from 'node:https';

export const kPrefix = 512;
export const kChunk = 16384;
export const kSealedChunk = kChunk + 16;

// One answer, whole or cut: unlike a client that throws, it keeps what arrived before the cut.
export function fetch(office, url, { headers = {}, agent = false, token = office.token, method = 'GET' } = {}) {
  const [, target] = /^https:\/\/[^/]+(.*)$/.exec(url);
  const own = target.startsWith('/kerros/');
  return new Promise((resolve) => {
    const cut = (error) => resolve({ status: 0, headers: {}, bytes: Buffer.alloc(0), whole: false, error });
    const request = https.request({
      method, host: '127.0.0.1', servername: 'localhost', port: office.port, path: target, ca: office.ca, agent,
      headers: { ...(own ? {} : { authorization: `Bearer ${token}` }), ...headers },
    }, (response) => {
      const pieces = [];
      const done = () => resolve({ status: response.statusCode, headers: response.headers,
                                   bytes: Buffer.concat(pieces), whole: response.complete });
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', () => {});
      response.on('close', done);
    });
    request.on('error', cut);
    request.end();
  });
}

// The ways: by path, by id and through the gateway's own URL; whole, and ranges of every position.
export function waysOf(item, drivePath, plain, office) {
  const byPath = `${office.base}/me/drive/root:${drivePath}:/content`;
  const byId = `${office.base}/drives/${item.parentReference.driveId}/items/${item.id}/content`;
  const own = item['@microsoft.graph.downloadUrl'];
  const size = plain.length;
  const wholes = [['whole by path', byPath], ['whole by id', byId], ['whole by own URL', own]]
    .map(([name, url]) => ({ name, url, first: 0, last: size - 1 }));
  const spans = { first: [0, 99], middle: [kChunk + 3000, 2 * kChunk + 3000], last: [size - 300, size - 1] };
  const ranges = Object.entries(spans).flatMap(([name, [first, last]]) => [['id', byId], ['own URL', own]]
    .map(([how, url]) => ({ name: `${name} range by ${how}`, url, first, last, range: `bytes=${first}-${last}` })));
  const suffix = { name: 'suffix by path', url: byPath, first: size - 500, last: size - 1, range: 'bytes=-500' };
  return [...wholes, ...ranges, suffix];
}

export const read = (office, way, options = {}) => fetch(office, way.url,
  { ...options, headers: { ...(way.range ? { range: way.range } : {}), ...options.headers } });

// What a reading came to: 'right', 'refused' or 'cut'; 'whole' is the right file where a range was
// asked, which is lawful. Anything else is the failure we look for.
export function judge(way, answer, plain) {
  const wanted = plain.subarray(way.first, way.last + 1);
  if (answer.status >= 400) {
    assert.ok(answer.whole, `${way.name}: the refusal itself is cut`);
    return 'refused';
  }
  if (!answer.whole) {
    assert.ok(wanted.subarray(0, answer.bytes.length).equals(answer.bytes), `${way.name}: wrong bytes before the cut`);
    return 'cut';
  }
  if (way.range && answer.status === 200) {
    assert.ok(answer.bytes.equals(plain), `${way.name}: wrong bytes of the whole`);
    return 'whole';
  }
  assert.equal(answer.status, way.range ? 206 : 200, `${way.name}: status`);
  if (way.range) assert.equal(answer.headers['content-range'], `bytes ${way.first}-${way.last}/${plain.length}`);
  assert.equal(answer.bytes.length, wanted.length, `${way.name}: a clean file of another length`);
  assert.ok(answer.bytes.equals(wanted), `${way.name}: wrong bytes`);
  return 'right';
}

// The sealed bytes that a reading must look at: chunks, and for a whole file everything.
export function touches(way, before, after) {
  if (!way.range) return !before.equals(after);
  if (before.length !== after.length) return true;
  const begin = kPrefix + Math.floor(way.first / kChunk) * kSealedChunk;
  const end = kPrefix + (Math.floor(way.last / kChunk) + 1) * kSealedChunk;
  return !before.subarray(begin, end).equals(after.subarray(begin, end));
}
