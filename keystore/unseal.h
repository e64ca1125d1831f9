// How the random root key is opened at start: a key file or a passphrase.
//
// The root is never derived from either; each method holds the same root sealed once. Methods are
// rows of the `keys` environment.
// Thread safety: one thread, at start. Source: docs/format.md 4.
#pragma once

#include <string>
#include <variant>

#include "crypto/result.h"
#include "crypto/secret.h"

namespace kerros::keystore {

struct KeyFile { std::string path; };                     // 32 random bytes, mode 0400
struct Passphrase { crypto::SecretBytes text; };          // stretched by Argon2id in a child
using UnsealWith = std::variant<KeyFile, Passphrase>;

// Creates a key file that did not exist (0400, whole or not at all).
Status create_key_file(const std::string& path);

}  // namespace kerros::keystore
