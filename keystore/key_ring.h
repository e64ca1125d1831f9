// The unit keys as they are at this moment, and the one way to change them.
//
// Readers take a snapshot and keep it while they use a key of it: a destroyed key is wiped when the
// last of them lets go. A change is verified whole, written whole (keys_file.h), and only then
// seen.
//
// Thread safety: write() from one thread at a time, everything else from any.
// Lifetime: the store's keys must outlive it. A snapshot may outlive the ring.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "keystore/head.h"
#include "keystore/key_versions.h"
#include "keystore/unit_keys.h"

namespace kerros::keystore {

class KeyRing {
 public:
  // `rows` and `head` are what the keys environment of `store` holds.
  static Result<std::unique_ptr<KeyRing>> load(const StoreKeys& keys, std::string store,
                                               std::vector<KeyRow> rows, Head head);

  std::shared_ptr<const UnitKeys> now() const;
  StoreHead head() const;

  // Adds rows, or puts them in the place of those with the same key.
  Status write(const std::vector<KeyRow>& changed);

  // Whether what begins now may stand under this version: it seals, or sealed until a moment ago.
  bool admits(const VersionId& version) const;
  // As long as it lives, nothing begins under this version.
  class Closed {
   public:
    Closed(KeyRing& ring, const VersionId& version);
    ~Closed();
    Closed(const Closed&) = delete;
    Closed& operator=(const Closed&) = delete;

   private:
    KeyRing& ring_;
  };

 private:
  KeyRing(const StoreKeys& keys, std::string store, std::vector<KeyRow> rows, Head head,
          UnitKeys units);
  const StoreKeys& keys_;
  const std::string store_;
  mutable std::mutex mutex_;
  std::vector<KeyRow> rows_;
  Head head_;
  std::shared_ptr<const UnitKeys> units_;
  std::optional<VersionId> closed_;
};

}  // namespace kerros::keystore
