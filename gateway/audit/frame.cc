#include "gateway/audit/frame.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/check.h"
#include "crypto/derive.h"
#include "crypto/hkdf.h"
#include "crypto/random.h"

namespace kerros::audit {
namespace {

constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonceSize + kTagSize == kSealOverhead);

constexpr std::array<std::uint8_t, 8> kMagic = {'K', 'R', 'S', 'A', 'U', 'D', 'T', 1};  // On disk.
constexpr std::string_view kHeadLabel = "kerros/1/audit-segment";
constexpr std::string_view kFrameLabel = "kerros/1/audit-frame";
constexpr std::string_view kLeafLabel = "kerros/1/audit-leaf";

void put(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

template <typename Integer>
void put_be(Bytes& out, Integer value) {
  std::array<std::uint8_t, sizeof(Integer)> bytes{};
  store_be(bytes, value);
  put(out, bytes);
}

// Label and name end at a zero byte that neither can hold, so no two places give the same bytes.
Bytes place(std::string_view label, const std::string& segment, std::uint64_t position) {
  Bytes data;
  put(data, as_bytes(label));
  data.push_back(0);
  put(data, as_bytes(segment));
  data.push_back(0);
  put_be(data, position);
  return data;
}

void seal(ByteView key, ByteView data, ByteView plain, Bytes& out) {
  KERROS_CHECK(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "derived keys have 32");
  const std::size_t start = out.size();
  out.resize(start + kNonceSize + plain.size() + kTagSize);
  const MutableByteView sealed = MutableByteView(out).subspan(start);
  crypto::fill_random(sealed.first(kNonceSize));
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonceSize, nullptr, plain.data(),
                                             plain.size(), data.data(), data.size(), nullptr,
                                             sealed.data(), key.data());
}

Result<Bytes> open(ByteView key, ByteView data, ByteView sealed) {
  KERROS_CHECK(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "derived keys have 32");
  if (sealed.size() < kSealOverhead) return fail(ErrorCode::kNotAuthentic, "it is too short");
  Bytes plain(sealed.size() - kSealOverhead);
  const ByteView text = sealed.subspan(kNonceSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, text.data(),
                                                 text.size(), data.data(), data.size(),
                                                 sealed.data(), key.data()) != 0)
    return fail(ErrorCode::kNotAuthentic, "it was changed, moved, or sealed under another key");
  return plain;
}

}  // namespace

Bytes seal_head(ByteView seal_key, const SegmentHead& head) {
  KERROS_CHECK(head.open_intents.size() <= kMaxCarried, "the writer carries no more");
  Bytes plain(head.seed.begin(), head.seed.end());
  for (const std::uint64_t position : head.open_intents) put_be(plain, position);
  Bytes out(kMagic.begin(), kMagic.end());
  put_be(out, head.first);
  put_be(out, static_cast<std::uint32_t>(plain.size() + kSealOverhead));
  seal(seal_key, place(kHeadLabel, head.name, head.first), plain, out);
  return out;
}

Result<HeadPlain> peek_head(ByteView fixed) {
  const bool zeros = std::all_of(fixed.begin(), fixed.end(), [](auto byte) { return byte == 0; });
  if (fixed.size() < kHeadFixedSize || zeros)  // what a power cut leaves of a new file
    return fail(ErrorCode::kTruncated, "the segment's head is cut");
  const std::size_t sealed = load_be<std::uint32_t>(fixed.subspan(16, 4));
  const std::size_t least = 32 + kSealOverhead;
  if (!std::equal(kMagic.begin(), kMagic.end(), fixed.begin()) || sealed < least ||
      sealed > least + kMaxCarried * 8 || (sealed - least) % 8 != 0)
    return fail(ErrorCode::kMalformed, "the segment's head is not one");
  return HeadPlain{load_be<std::uint64_t>(fixed.subspan(8, 8)), sealed};
}

Result<SegmentHead> open_head(ByteView seal_key, const std::string& name, std::uint64_t first,
                              ByteView sealed) {
  const auto plain = open(seal_key, place(kHeadLabel, name, first), sealed);
  if (!plain) return tl::unexpected(plain.error());
  SegmentHead head{name, first, {}, {}};
  std::copy_n(plain->begin(), head.seed.size(), head.seed.begin());
  for (std::size_t at = head.seed.size(); at < plain->size(); at += 8)
    head.open_intents.push_back(load_be<std::uint64_t>(ByteView(*plain).subspan(at, 8)));
  return head;
}

void seal_frame(ByteView seal_key, const std::string& segment, std::uint64_t position,
                ByteView payload, Bytes& append_to) {
  put_be(append_to, static_cast<std::uint32_t>(payload.size() + kSealOverhead));
  seal(seal_key, place(kFrameLabel, segment, position), payload, append_to);
}

Result<Bytes> open_frame(ByteView seal_key, const std::string& segment, std::uint64_t position,
                         ByteView sealed) {
  return open(seal_key, place(kFrameLabel, segment, position), sealed);
}

Digest record_salt(ByteView salt_key, const SegmentHead& head, std::uint64_t position) {
  Bytes salted(head.seed.begin(), head.seed.end());
  put_be(salted, position);
  return crypto::mac(salt_key, salted);
}

Digest entry_of(const Digest& salt, ByteView payload) {
  Bytes entry;
  entry.reserve(kLeafLabel.size() + 1 + salt.size() + payload.size());
  put(entry, as_bytes(kLeafLabel));
  entry.push_back(0);
  put(entry, salt);
  put(entry, payload);
  return crypto::sha256(entry);
}

Digest leaf_entry(ByteView salt_key, const SegmentHead& head, std::uint64_t position,
                  ByteView payload) {
  return entry_of(record_salt(salt_key, head, position), payload);
}

void seal_at(ByteView seal_key, const Place& at, ByteView plain, Bytes& append_to) {
  seal(seal_key, place(at.label, at.name, at.number), plain, append_to);
}

Result<Bytes> open_at(ByteView seal_key, const Place& at, ByteView sealed) {
  return open(seal_key, place(at.label, at.name, at.number), sealed);
}

}  // namespace kerros::audit
