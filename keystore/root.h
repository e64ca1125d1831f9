// The root key and the rows that hold it sealed, one per method of opening.
//
//   version(1) kind(1) salt(16) operations(8) memory(8) sealed root(72) sha256(32)
//
// The hash is unkeyed: it stops an accident before Argon2id is asked for a terabyte. Against intent
// stand the seal and, once the root is open, the head of the environment.
//
// Thread safety: one thread, at start. Source: docs/format.md 5.3.
#pragma once

#include <array>
#include <span>

#include "keystore/records.h"
#include "keystore/unseal.h"

namespace kerros::keystore {

enum class RootMethod : std::uint8_t {  // On disk: never renumber.
  kKeyFile = 1,
  kPassphrase = 2,
};

struct RootRow {
  Id id{};  // random; the row's key
  RootMethod method = RootMethod::kKeyFile;
  std::array<std::uint8_t, 16> salt{};
  crypto::PassphraseCost cost{};
  Bytes sealed;
};
Bytes encode_root_row(const RootRow& row);
Result<RootRow> decode_root_row(const Id& id, ByteView stored);

Result<RootRow> seal_root(const crypto::RootKey& root, const UnsealWith& with,
                          const std::string& store_directory);
// Tries each row of the method asked for.
Result<crypto::RootKey> open_root(std::span<const RootRow> rows, const UnsealWith& with,
                                  const std::string& store_directory);

}  // namespace kerros::keystore
