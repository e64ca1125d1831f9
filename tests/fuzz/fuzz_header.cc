// The first bytes of a file, any octets: no header, or exactly the one whose bytes they are.
#include <algorithm>

#include "crypto/header.h"
#include "tests/fuzz/check.h"

using namespace kerros;

namespace {

bool same(ByteView a, ByteView b) { return std::ranges::equal(a, b); }

void check_header(ByteView file) {
  const auto header = crypto::decode_header(file);
  if (!header) {
    FUZZ_CHECK(!header.error().detail.empty());
    FUZZ_CHECK((header.error().code == ErrorCode::kTruncated) ==
               (file.size() < crypto::format::kHeaderSize));
    return;
  }
  FUZZ_CHECK(crypto::has_magic(file));
  FUZZ_CHECK(same(crypto::encode(*header), file.first(crypto::format::kHeaderSize)));
}

void check_prefix(ByteView file) {
  const auto prefix = crypto::decode_prefix(file);
  if (!prefix) return;
  const auto header = crypto::decode_header(file);
  FUZZ_CHECK(header && *header == prefix->header);
  FUZZ_CHECK(same(prefix->header_bytes, crypto::encode(*header)));
  FUZZ_CHECK(same(crypto::encode(*prefix), file.first(crypto::format::kPrefixSize)));
  const auto alone = crypto::decode_prefix(file.first(crypto::format::kPrefixSize));
  FUZZ_CHECK(alone && alone->header == prefix->header);
}

// A file of another version is to be told from no sealed file at all.
void check_version(ByteView file) {
  if (file.size() < crypto::format::kHeaderSize || !crypto::has_magic(file)) return;
  Bytes newer(file.begin(), file.end());
  store_be<std::uint16_t>(MutableByteView(newer).subspan(crypto::format::kVersionAt), 2);
  const auto header = crypto::decode_header(newer);
  FUZZ_CHECK(!header && header.error().code == ErrorCode::kUnknownVersion);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(data, size);
  check_header(file);
  check_prefix(file);
  check_version(file);
  return 0;
}
