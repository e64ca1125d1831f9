// The files of tests/vectors: a sealed file, the keys that go with it, and the verdict it deserves.
//
// Thread safety: pure functions. The form of the files is told in tests/vectors/README.md.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace kerros::test {

struct SealedVector {
  std::string name;    // of the file, without its ending
  std::string expect;  // "ok", or the name of an ErrorCode
  std::string field;   // what was changed
  std::optional<Bytes> dek;
  std::optional<Bytes> epoch_key;
  std::optional<std::uint64_t> record_plain_size;
  std::uint64_t plain_size = 0;  // what may be released before the verdict
  std::string plain_sha256;      // of those bytes, in hexadecimal
  Bytes bytes;                   // the sealed file
};

std::filesystem::path vector_directory();
std::vector<std::string> vector_names();            // sorted
SealedVector load_vector(const std::string& name);  // throws on a file that is not a vector

Bytes from_hex(std::string_view text);  // throws unless pairs of lower-case digits

}  // namespace kerros::test
