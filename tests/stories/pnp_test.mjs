// PnP's client, a second one of another family: node pnp_test.mjs BIN_DIR [graph|proxy]
import { playLibrary } from './library.mjs';
import { loadPnp } from './pnp.mjs';

await loadPnp();  // says what to run before anything is started
const [bin, door] = process.argv.slice(2);
await playLibrary({ bin, door, client: 'pnp_client.mjs' });
