// More of Microsoft's client: node graph_sdk_operations_test.mjs BIN_DIR [graph|proxy]
//
// Changes, paging, searching, batches, copies, versions, and uploads that are resumed, cancelled or
// committed late.
import { loadSdk } from './graph_sdk.mjs';
import { playLibrary } from './library.mjs';

loadSdk();  // says what to run before anything is started
const [bin, door] = process.argv.slice(2);
await playLibrary({ bin, door, client: 'graph_sdk_operations_client.mjs' });
