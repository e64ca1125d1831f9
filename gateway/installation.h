// One installation opened: its store, its log, and the proof that they belong together.
//
// Used by kerros-gateway and, when no gateway runs, by the kerros command. Opening takes the store
// lock, unseals, compares the store's head with the newest audit checkpoint (a store from before it
// is refused until `kerros store accept-restore`), and runs the self-tests of the cipher backend.
//
// Thread safety: members may be used from any thread. Lifetime: members outlive every transfer.
#pragma once

#include <memory>

#include "crypto/aead.h"
#include "gateway/audit/log.h"
#include "gateway/config.h"
#include "keystore/key_store.h"

namespace kerros {

struct Installation {
  std::unique_ptr<keystore::KeyStore> store;
  std::unique_ptr<audit::Log> log;
  std::unique_ptr<crypto::Backend> backend;
  keystore::Id unit{};  // of Config::unit

  static Result<std::unique_ptr<Installation>> open(const Config& config,
                                                    keystore::UnsealWith unseal);
};

// The method that the configuration names; a passphrase comes from `passphrase_fd` (-1: none).
Result<keystore::UnsealWith> unseal_method(const Config& config, int passphrase_fd);

}  // namespace kerros
