// Every file of tests/vectors through every view this room has: whole, in slices, by ranges, header
// alone, sealed again. The vectors come from another implementation on another library.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "crypto/file_keys.h"
#include "crypto/hkdf.h"
#include "crypto/offsets.h"
#include "crypto/opener.h"
#include "crypto/random.h"
#include "crypto/sealer.h"
#include "crypto/whole_file.h"
#include "crypto/wrap.h"
#include "tests/support/sealed_vector.h"

namespace kerros::crypto {
namespace {

using test::SealedVector;

struct Reading {
  std::string verdict;
  Bytes released;
};

// Every backend; one that lacks a suite (no AES instructions) is left out for it.
std::vector<std::unique_ptr<Backend>> backends_for(Suite suite) {
  start();
  std::vector<std::unique_ptr<Backend>> all;
  all.push_back(make_openssl_backend());
  all.push_back(make_sodium_backend());
  for (const Instructions instructions :
       {Instructions::kWide, Instructions::kAvx2, Instructions::kSse})
    if (auto wide = make_ipsecmb_backend(instructions)) all.push_back(std::move(*wide));
  std::erase_if(all, [&](const auto& backend) { return !backend->supports(suite); });
  return all;
}

// Hands out a buffer in pieces whose sizes `next_size` chooses.
template <typename NextSize>
ReadSome reader_of(ByteView bytes, NextSize next_size) {
  return [bytes, next_size, at = std::size_t{0}](MutableByteView out) mutable {
    const std::size_t size = std::min({out.size(), bytes.size() - at, next_size()});
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, out.begin());
    at += size;
    return Result<std::size_t>(size);
  };
}

std::size_t all_there_is() { return std::numeric_limits<std::size_t>::max(); }

auto random_pieces(unsigned seed) {
  return [engine = std::mt19937(seed)]() mutable {
    return std::uniform_int_distribution<std::size_t>(1, 5000)(engine);
  };
}

Result<Bytes> find_dek(const SealedVector& vector, const Prefix& prefix) {
  if (vector.dek) return *vector.dek;
  const auto epoch_key = RecoveryEpochKey::copy_of(vector.epoch_key.value());
  Bytes dek(32);
  if (auto done = unwrap_recovery(*epoch_key, prefix, dek); !done)
    return tl::unexpected(done.error());
  return dek;
}

// format.md 8.2: a length that contradicts a known size is refused before any cipher call.
Status check_record(const SealedVector& vector) {
  if (!vector.record_plain_size) return {};
  const std::uint64_t expected = sealed_size(*vector.record_plain_size).value();
  if (vector.bytes.size() < expected) return fail(ErrorCode::kTruncated, "shorter than recorded");
  if (vector.bytes.size() > expected) return fail(ErrorCode::kTrailingData, "longer than recorded");
  return {};
}

Status read_into(const SealedVector& vector, const Backend& backend, const ReadSome& read,
                 Bytes& released) {
  const auto prefix = read_prefix(read);
  if (!prefix) return tl::unexpected(prefix.error());
  if (auto fits = check_record(vector); !fits) return fits;
  const auto dek = find_dek(vector, *prefix);
  if (!dek) return tl::unexpected(dek.error());
  auto opener = Opener::make(backend, *prefix, *dek);
  if (!opener) return tl::unexpected(opener.error());
  const auto size = open_body(*opener, read, [&](ByteView plain) -> Status {
    released.insert(released.end(), plain.begin(), plain.end());
    return {};
  });
  if (!size) return tl::unexpected(size.error());
  EXPECT_EQ(*size, released.size());
  return {};
}

Reading read_all(const SealedVector& vector, const Backend& backend, const ReadSome& read) {
  Reading reading;
  const Status done = read_into(vector, backend, read, reading.released);
  reading.verdict = done ? "ok" : name(done.error().code);
  return reading;
}

void expect_as_told(const SealedVector& vector, const Reading& reading) {
  EXPECT_EQ(reading.verdict, vector.expect);
  EXPECT_EQ(reading.released.size(), vector.plain_size);
  EXPECT_EQ(to_hex(sha256(reading.released)), vector.plain_sha256);
}

// Plaintext [first, last] the way a range request gets it: only the chunks that hold it.
Bytes read_range(const SealedVector& vector, Opener& opener, std::uint64_t first,
                 std::uint64_t last) {
  const auto range = sealed_range(first, last, vector.plain_size);
  EXPECT_TRUE(range.has_value());
  Bytes plain;
  std::uint64_t number = range->first_chunk;
  for (std::uint64_t at = range->first; at <= range->last; ++number) {
    const std::uint64_t size = std::min(format::kSealedChunkSize, range->last - at + 1);
    Bytes opened(size - format::kTagSize);
    const Last is_last = number + 1 == chunk_count(vector.plain_size) ? Last::kYes : Last::kNo;
    const auto done =
        opener.open_chunk(number, is_last, ByteView(vector.bytes).subspan(at, size), opened);
    EXPECT_TRUE(done.has_value()) << "chunk " << number;
    plain.insert(plain.end(), opened.begin(), opened.end());
    at += size;
  }
  const auto begin = plain.begin() + static_cast<std::ptrdiff_t>(range->skip);
  return {begin, begin + static_cast<std::ptrdiff_t>(last - first + 1)};
}

void expect_ranges_agree(const SealedVector& vector, const Backend& backend, const Bytes& plain) {
  if (plain.empty()) return;
  const auto prefix = decode_prefix(vector.bytes);
  ASSERT_TRUE(prefix.has_value());
  auto opener = Opener::make(backend, *prefix, find_dek(vector, *prefix).value());
  ASSERT_TRUE(opener.has_value());
  std::mt19937_64 engine(vector.bytes.size());
  for (int i = 0; i < 25; ++i) {
    const std::uint64_t first = engine() % plain.size();
    const std::uint64_t last = first + engine() % (plain.size() - first);
    const auto begin = plain.begin() + static_cast<std::ptrdiff_t>(first);
    const Bytes slice(begin, begin + static_cast<std::ptrdiff_t>(last - first + 1));
    EXPECT_EQ(read_range(vector, *opener, first, last), slice) << first << " to " << last;
  }
}

Bytes seal_again(const SealedVector& vector, const Backend& backend, const Bytes& plain) {
  const Prefix prefix = decode_prefix(vector.bytes).value();
  auto sealer = Sealer::make(backend, prefix.header, prefix.salt, find_dek(vector, prefix).value());
  const PrefixBytes head = sealer->prefix(prefix.recovery);
  Bytes sealed(head.begin(), head.end());
  for (std::uint64_t number = 0; number < chunk_count(plain.size()); ++number) {
    const auto part = ByteView(plain).subspan(number * format::kChunkSize,
                                              plain_length_of_chunk(number, plain.size()));
    Bytes chunk(part.size() + format::kTagSize);
    EXPECT_TRUE(sealer->seal_chunk(number, part, chunk).has_value());
    sealed.insert(sealed.end(), chunk.begin(), chunk.end());
  }
  return sealed;
}

// What `inspect` says needs no key: it agrees with the verdict as far as the prefix decides it.
void expect_header_as_told(const SealedVector& vector) {
  const auto prefix = decode_prefix(vector.bytes);
  if (!prefix) {
    EXPECT_EQ(name(prefix.error().code), vector.expect);
    return;
  }
  EXPECT_NE(vector.expect, "malformed");
  EXPECT_NE(vector.expect, "unknown-version");
  EXPECT_TRUE(std::ranges::equal(encode(*prefix), ByteView(vector.bytes).first(512)));
  EXPECT_EQ(encode(prefix->header), prefix->header_bytes);
  if (vector.expect == "ok") EXPECT_EQ(plain_size(vector.bytes.size()), vector.plain_size);
}

void expect_recovery_holds_the_key(const SealedVector& vector) {
  const auto prefix = decode_prefix(vector.bytes);
  ASSERT_TRUE(prefix.has_value());
  Bytes dek(32);
  EXPECT_TRUE(
      unwrap_recovery(*RecoveryEpochKey::copy_of(*vector.epoch_key), *prefix, dek).has_value());
  EXPECT_EQ(dek, *vector.dek);
}

Suite suite_of(const SealedVector& vector) {
  const auto prefix = decode_prefix(vector.bytes);
  return prefix ? prefix->header.suite : Suite::kChaCha20Poly1305;  // unread: any backend will do
}

class Vector : public testing::TestWithParam<std::string> {};

TEST_P(Vector, AgreesInEveryView) {
  const SealedVector vector = test::load_vector(GetParam());
  expect_header_as_told(vector);
  if (vector.expect == "ok" && vector.dek && vector.epoch_key)
    expect_recovery_holds_the_key(vector);
  for (const auto& backend : backends_for(suite_of(vector))) {
    SCOPED_TRACE(std::string(backend->name()));
    const Reading whole = read_all(vector, *backend, reader_of(vector.bytes, all_there_is));
    expect_as_told(vector, whole);
    for (unsigned seed = 1; seed <= 3; ++seed)
      expect_as_told(vector,
                     read_all(vector, *backend, reader_of(vector.bytes, random_pieces(seed))));
    if (vector.expect != "ok") continue;
    expect_ranges_agree(vector, *backend, whole.released);
    EXPECT_EQ(seal_again(vector, *backend, whole.released), vector.bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, Vector, testing::ValuesIn(test::vector_names()),
                         [](const auto& info) { return info.param; });

TEST(VectorSet, HasNoTwoWithTheSameVerdictAndField) {
  const auto names = test::vector_names();
  EXPECT_GE(names.size(), 80u);
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& file : names) {
    const SealedVector vector = test::load_vector(file);
    EXPECT_TRUE(seen.emplace(vector.expect, vector.field).second) << file;
  }
}

// Without the commitment these would open: the chunk is authentic under the stranger's key too.
TEST(VectorSet, HoldsBodiesThatTwoKeysAuthenticate) {
  for (const char* file : {"two_keys_suite1_other", "two_keys_suite2_other"}) {
    const SealedVector vector = test::load_vector(file);
    const Prefix prefix = decode_prefix(vector.bytes).value();
    const FileKeys keys(*vector.dek, prefix.header.suite, prefix.salt, prefix.header_bytes);
    EXPECT_NE(keys.commitment(), prefix.commitment);
    const ByteView chunk = ByteView(vector.bytes).subspan(format::kPrefixSize);
    Bytes plain(chunk.size() - format::kTagSize);
    for (const auto& backend : backends_for(prefix.header.suite)) {
      auto key = backend->schedule(prefix.header.suite, keys.chunk_key());
      EXPECT_TRUE((*key)->open(nonce_of_chunk(keys.base_nonce(), 0), chunk, plain).has_value());
    }
  }
}

}  // namespace
}  // namespace kerros::crypto
