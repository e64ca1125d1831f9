// Loaded before a program (--import): its fetch goes by the proxy in HTTPS_PROXY, as curl does by
// itself. Node's own fetch does not read it.
import { ProxyAgent, setGlobalDispatcher } from 'undici';

setGlobalDispatcher(new ProxyAgent(process.env.HTTPS_PROXY));
