// One installation opened: its store, its log, and the proof that they belong together.
//
// Used by kerros-gateway and, when no gateway runs, by the kerros command. Opening takes the store
// lock, unseals, compares the store's head with the newest audit checkpoint (a store from before it
// is refused until `kerros store accept-restore`), and runs the self-tests of the cipher backend.
//
// Errors carry what, why and what to do: gateway/complaint.h.
// Thread safety: members may be used from any thread. Lifetime: members outlive every transfer.
#pragma once

#include <memory>
#include <string>

#include "crypto/aead.h"
#include "gateway/audit/log.h"
#include "gateway/config.h"
#include "keystore/key_store.h"

namespace kerros {

struct Installation {
  std::unique_ptr<keystore::KeyStore> store;
  std::unique_ptr<audit::Log> log;  // after the store: asks it for marks until it is closed
  std::unique_ptr<crypto::Backend> backend;
  std::string backend_passed_over;  // why a faster one does not serve; else empty
  keystore::Id unit{};              // of Config::unit
  std::string origin;               // under which checkpoints are signed

  // kNotAuthentic when the store is not the one that the log last saw; the log gets the event.
  static Result<std::unique_ptr<Installation>> open(const Config& config,
                                                    keystore::UnsealWith unseal);

  // The same, but takes the store as it is: writes `reason` (store-created, store-accepted) into
  // the log and a checkpoint with the store's present head.
  static Result<std::unique_ptr<Installation>> open_accepting(const Config& config,
                                                              keystore::UnsealWith unseal,
                                                              audit::Record reason);
};

// The method that the configuration names; a passphrase comes from `passphrase_fd` (-1: none).
Result<keystore::UnsealWith> unseal_method(const Config& config, int passphrase_fd);

// A passphrase from a descriptor: up to the first line end or the end, 1 to 1024 bytes. Reads no
// byte past the line end.
Result<crypto::SecretBytes> read_passphrase(int fd);

// Keys of the audit log, derived from the store's root.
Result<audit::Keys> audit_keys(const keystore::KeyStore& store);

std::uint64_t now_ms();  // Unix milliseconds

}  // namespace kerros
