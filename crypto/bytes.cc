#include "crypto/bytes.h"

#include <sodium.h>

#include <algorithm>

namespace kerros {
namespace {

// libsodium's coders take no data-dependent branches, so they may be used on key text as well.
std::string encode_base64(ByteView bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // the terminating zero that libsodium writes
  return text;
}

std::optional<Bytes> decode_base64(std::string_view text, int variant) {
  // libsodium 1.0.18 takes some bytes above 0x7f for letters.
  if (std::any_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; }))
    return std::nullopt;
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                        &end, variant) != 0 ||
      end != text.data() + text.size())
    return std::nullopt;
  bytes.resize(length);
  return bytes;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

bool from_hex(std::string_view text, MutableByteView out) {
  if (out.empty()) return text.empty();  // libsodium takes no null pointer
  std::size_t length = 0;
  const char* end = nullptr;
  return text.size() == out.size() * 2 &&
         sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &length, &end) ==
             0 &&
         length == out.size() && end == text.data() + text.size();
}

std::string to_base64(ByteView bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::string to_base64url(ByteView bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<Bytes> from_base64(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<Bytes> from_base64url(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

}  // namespace kerros
