#include "gateway/tls/gcm_cipher.h"

#include <algorithm>
#include <utility>

#include "crypto/random.h"
#include "crypto/secret.h"

namespace kerros::tls {
namespace {

constexpr std::size_t kFixedSize = GcmCipher::kNonceSize - GcmCipher::kExplicitSize;
constexpr std::size_t kHeaderSize = 13;  // sequence number, type, version, length: RFC 5246 6.2.3.3
constexpr std::size_t kAround = GcmCipher::kExplicitSize + GcmCipher::kTagSize;

}  // namespace

bool GcmCipher::init(Way way, ByteView key, ByteView nonce) {
  if (!key.empty() && key.size() != key_size_) return false;
  if (!nonce.empty() && nonce.size() != kNonceSize) return false;
  way_ = way;
  associated_.clear();
  record_header_.clear();
  has_tag_ = false;
  if (!nonce.empty()) {
    std::ranges::copy(nonce, nonce_.begin());
    state_ = NonceState::kReady;
    counts_ = false;
  } else if (state_ == NonceState::kBegun) {
    state_ = NonceState::kSpent;
  }
  if (!key.empty()) key_.emplace(*functions_, key);
  return true;
}

// The library wants all associated data at once, OpenSSL's callers may bring it in pieces.
bool GcmCipher::add_associated(ByteView data) {
  if (!key_ || state_ != NonceState::kReady) return false;
  associated_.insert(associated_.end(), data.begin(), data.end());
  return true;
}

bool GcmCipher::begin() {
  if (!key_) return false;
  if (state_ == NonceState::kBegun) return true;
  if (state_ != NonceState::kReady) return false;
  key_->begin(nonce_, associated_);
  state_ = NonceState::kBegun;
  return true;
}

bool GcmCipher::update(ByteView in, std::uint8_t* out) {
  if (!begin()) return false;
  key_->update(way_, in, out);
  return true;
}

bool GcmCipher::finish() {
  if ((way_ == Way::kOpen && !has_tag_) || !begin()) return false;
  state_ = NonceState::kSpent;
  associated_.clear();
  // A call that the library refuses leaves the tag as it was: this one never matches.
  std::array<std::uint8_t, kTagSize> right{};
  std::ranges::transform(tag_, right.begin(),
                         [](std::uint8_t b) { return static_cast<std::uint8_t>(~b); });
  key_->finish(way_, right);
  if (way_ == Way::kOpen) return crypto::equal_constant_time(right, tag_);
  tag_ = right;
  has_tag_ = true;
  return true;
}

bool GcmCipher::set_tag(ByteView tag) {
  if (way_ == Way::kSeal || tag.size() != kTagSize) return false;
  std::ranges::copy(tag, tag_.begin());
  has_tag_ = true;
  return true;
}

bool GcmCipher::get_tag(MutableByteView tag) const {
  if (way_ != Way::kSeal || !has_tag_ || tag.empty() || tag.size() > kTagSize) return false;
  std::copy_n(tag_.begin(), tag.size(), tag.begin());
  return true;
}

bool GcmCipher::set_fixed_nonce(ByteView fixed) {
  if (fixed.size() != kFixedSize) return false;
  std::ranges::copy(fixed, next_.begin());
  if (way_ == Way::kSeal) crypto::fill_random(MutableByteView(next_).subspan(kFixedSize));
  counts_ = true;
  return true;
}

bool GcmCipher::set_whole_nonce(ByteView nonce) {
  if (nonce.size() != kNonceSize) return false;
  std::ranges::copy(nonce, next_.begin());
  counts_ = true;
  return true;
}

bool GcmCipher::next_explicit(MutableByteView out) {
  if (!key_ || !counts_ || way_ != Way::kSeal || out.empty() || out.size() > kNonceSize)
    return false;
  nonce_ = next_;
  state_ = NonceState::kReady;
  std::copy_n(nonce_.end() - static_cast<std::ptrdiff_t>(out.size()), out.size(), out.begin());
  const auto count = MutableByteView(next_).subspan(kFixedSize);
  store_be<std::uint64_t>(count, load_be<std::uint64_t>(count) + 1);
  return true;
}

bool GcmCipher::set_explicit(ByteView in) {
  if (!key_ || !counts_ || way_ != Way::kOpen || in.size() != kExplicitSize) return false;
  std::ranges::copy(in, next_.begin() + kFixedSize);
  nonce_ = next_;
  state_ = NonceState::kReady;
  return true;
}

// The length in the header counts what TLS 1.2 puts around the text; what is authenticated does
// not.
bool GcmCipher::set_record_header(ByteView header) {
  if (header.size() != kHeaderSize) return false;
  const auto given = std::size_t{load_be<std::uint16_t>(header.last(2))};
  const std::size_t around = way_ == Way::kSeal ? kExplicitSize : kAround;
  if (given < around) return false;
  record_header_.assign(header.begin(), header.end());
  store_be<std::uint16_t>(MutableByteView(record_header_).last(2),
                          static_cast<std::uint16_t>(given - around));
  return true;
}

std::optional<std::size_t> GcmCipher::record(MutableByteView record) {
  associated_ = std::exchange(record_header_, {});
  if (record.size() < kAround) return std::nullopt;
  const auto front = record.first(kExplicitSize);
  const auto text = record.subspan(kExplicitSize, record.size() - kAround);
  const auto tag = record.last<kTagSize>();
  const bool sealing = way_ == Way::kSeal;
  if (!(sealing ? next_explicit(front) : set_explicit(front) && set_tag(tag))) return std::nullopt;
  if (update(text, text.data()) && finish()) {
    if (!sealing) return text.size();
    std::ranges::copy(tag_, tag.begin());
    return record.size();
  }
  crypto::wipe(text);  // what nobody authenticated
  return std::nullopt;
}

}  // namespace kerros::tls
