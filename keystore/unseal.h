// How the random root key is opened at start: a key file or a passphrase.
//
// The root is never derived from either; each method holds the same root sealed once. Methods are
// rows of the `keys` environment. A wrong key file, a wrong passphrase and a changed row have one
// error and one text.
//
// Thread safety: one thread, at start.
#pragma once

#include <string>
#include <variant>

#include "crypto/derive.h"
#include "crypto/result.h"
#include "crypto/secret.h"

namespace kerros::keystore {

// 32 random bytes as 64 hexadecimal digits and a line end; readable by its owner only (0400).
// Must not lie inside the store's directory: whoever copies the store would copy its key.
struct KeyFile {
  std::string path;
};
// Stretched by Argon2id in a child process. `cost` counts when a store is created; opening takes
// the cost it was created with.
struct Passphrase {
  crypto::SecretBytes text;
  crypto::PassphraseCost cost = crypto::default_passphrase_cost();
};
using UnsealWith = std::variant<KeyFile, Passphrase>;

// Creates a key file that did not exist (0400, whole or not at all).
Status create_key_file(const std::string& path);

// The 32 bytes of a key file. kNotFound: no such file. kUnavailable: others may read it, or it lies
// inside `store_directory`. kMalformed: not a key file.
Result<crypto::SecretBytes> read_key_file(const std::string& path,
                                          const std::string& store_directory);

}  // namespace kerros::keystore
