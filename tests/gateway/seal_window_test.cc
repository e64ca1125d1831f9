#include "gateway/transfer/seal_window.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/aead.h"
#include "tests/support/sealed_file.h"

namespace kerros::transfer {
namespace {

namespace format = crypto::format;
using support::noise;
using support::SealedFile;
using Hash = SealWindow::Hash;

constexpr std::size_t kSmallest = format::kPrefixSize + format::kSealedChunkSize;

const crypto::Backend& backend() {
  static const auto kBackend = crypto::make_openssl_backend();
  return *kBackend;
}

crypto::Sealer sealer_of(const SealedFile& file) {
  return crypto::Sealer::make(backend(), file.header, file.salt, file.dek).value();
}

struct Sent {
  Bytes bytes;
  Bytes tags;
  std::uint64_t next_chunk = 0;  // the windows' claims must follow one another without a gap
};

void send(SealWindow& window, Sent& sent) {
  if (!window.tags().empty()) {
    EXPECT_EQ(window.first_chunk(), sent.next_chunk);
  }
  sent.bytes.insert(sent.bytes.end(), window.ready().begin(), window.ready().end());
  sent.tags.insert(sent.tags.end(), window.tags().begin(), window.tags().end());
  sent.next_chunk += window.tags().size() / format::kTagSize;
  window.clear();
}

// Pushes plaintext through as a connection would, at most `step` bytes at a time.
void push(SealWindow& window, ByteView plain, std::size_t step, Sent& sent) {
  while (!plain.empty()) {
    const MutableByteView space = window.space();
    if (space.empty()) {
      send(window, sent);
      continue;
    }
    const std::size_t size = std::min({space.size(), plain.size(), step});
    std::copy_n(plain.begin(), size, space.begin());
    ASSERT_TRUE(window.filled(size));
    plain = plain.subspan(size);
  }
}

Bytes tags_in(const SealedFile& file) {
  Bytes tags;
  for (std::uint64_t chunk = 0; chunk < crypto::chunk_count(file.plain.size()); ++chunk) {
    const auto end = crypto::sealed_offset_of_chunk(chunk) +
                     crypto::plain_length_of_chunk(chunk, file.plain.size()) + format::kTagSize;
    const auto tag = ByteView(file.sealed).first(end).last(format::kTagSize);
    tags.insert(tags.end(), tag.begin(), tag.end());
  }
  return tags;
}

void expect_sealed_whole(std::size_t plain_size, std::size_t buffer_size, std::size_t step) {
  const SealedFile file = support::seal_file(backend(), plain_size);
  crypto::Sealer sealer = sealer_of(file);
  Bytes buffer(buffer_size);
  SealWindow window(sealer, buffer, 0);
  window.put_sealed(sealer.prefix(), Hash::kNow);
  Sent sent;
  push(window, file.plain, step, sent);
  if (window.full()) send(window, sent);
  ASSERT_TRUE(window.finish());
  send(window, sent);
  EXPECT_TRUE(sent.bytes == file.sealed);
  EXPECT_EQ(sent.tags, tags_in(file));
  crypto::QuickXor plain, sealed;
  plain.update(file.plain);
  sealed.update(file.sealed);
  EXPECT_EQ(window.hashes().plain.digest(), plain.digest());
  EXPECT_EQ(window.hashes().plain.length(), plain_size);
  EXPECT_EQ(window.hashes().sealed.digest(), sealed.digest());
}

TEST(SealWindow, SealsAFileOfEverySizeAroundAChunk) {
  for (const std::size_t size : {0u, 1u, 16383u, 16384u, 16385u, 32767u, 32768u, 32769u})
    expect_sealed_whole(size, kSmallest, 4096);
}

TEST(SealWindow, IsFullWhenNoChunkFitsAnyMore) {
  const SealedFile file = support::seal_file(backend(), 0);
  crypto::Sealer sealer = sealer_of(file);
  Bytes buffer(kSmallest);
  SealWindow window(sealer, buffer, 0);
  window.put_sealed(sealer.prefix(), Hash::kNow);
  EXPECT_EQ(window.space().size(), format::kChunkSize);
  ASSERT_TRUE(window.filled(format::kChunkSize));
  EXPECT_TRUE(window.full());
  EXPECT_TRUE(window.space().empty());
  EXPECT_EQ(window.ready().size(), kSmallest);
  window.clear();
  EXPECT_FALSE(window.full());
  EXPECT_EQ(window.first_chunk(), 1u);
}

TEST(SealWindow, KeepsTheUnfinishedChunkOverAClear) {
  const SealedFile file = support::seal_file(backend(), 0);
  crypto::Sealer sealer = sealer_of(file);
  Bytes buffer(3 * format::kSealedChunkSize);
  SealWindow window(sealer, buffer, 5);
  const Bytes plain = noise(format::kChunkSize + 100, 9);
  Sent sent;
  sent.next_chunk = 5;
  push(window, plain, plain.size(), sent);
  const Bytes tail(plain.end() - 100, plain.end());
  EXPECT_TRUE(std::ranges::equal(window.unfinished(), tail));
  window.clear();
  EXPECT_TRUE(std::ranges::equal(window.unfinished(), tail));
  EXPECT_TRUE(window.ready().empty());
  EXPECT_EQ(window.first_chunk(), 6u);
}

TEST(SealWindow, DoesNotHashCarriedBytesTwice) {
  const SealedFile file = support::seal_file(backend(), 0);
  crypto::Sealer sealer = sealer_of(file);
  Bytes buffer(kSmallest);
  Hashes before;
  before.sealed.update(file.sealed);
  SealWindow window(sealer, buffer, 0, before);
  window.put_sealed(ByteView(file.sealed).first(100), Hash::kAlready);
  EXPECT_EQ(window.hashes().sealed.length(), file.sealed.size());
  window.put_sealed(ByteView(file.sealed).first(100), Hash::kNow);
  EXPECT_EQ(window.hashes().sealed.length(), file.sealed.size() + 100);
}

RC_GTEST_PROP(SealWindow, SealsAlikeHoweverTheBytesArrive, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 120'000);
  const auto buffer = *rc::gen::inRange<std::size_t>(kSmallest, 6 * kSmallest);
  const auto step = *rc::gen::inRange<std::size_t>(1, 40'000);
  expect_sealed_whole(size, buffer, step);
}

}  // namespace
}  // namespace kerros::transfer
