// Where the key of one sealed file comes from: a descriptor, or the store with a record in the log.
//
// Thread safety: one thread.
#pragma once

#include <functional>
#include <string>

#include "crypto/header.h"
#include "crypto/secret.h"
#include "tools/questions.h"

namespace kerros::tools {

// 64 hexadecimal digits and at most a line end.
Result<crypto::SecretBytes> read_dek(int fd);

// Unlocks the key that the prefix names and hands it to `use`: intent durable before, outcome
// after.
struct StoredDek {
  const Config& config;
  const Globals& globals;
  const crypto::Prefix& prefix;
  const std::string& file;

  Status use(const std::function<Status(ByteView dek)>& use) const;
};

}  // namespace kerros::tools
