#include "crypto/header.h"

#include <algorithm>

namespace kerros::crypto {
namespace {

bool all_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

template <std::size_t Size>
void copy_from(ByteView bytes, std::size_t at, std::array<std::uint8_t, Size>& out) {
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), Size, out.begin());
}

template <std::size_t Size>
void copy_to(const std::array<std::uint8_t, Size>& in, MutableByteView out, std::size_t at) {
  std::copy_n(in.begin(), Size, out.begin() + static_cast<std::ptrdiff_t>(at));
}

bool known(std::uint16_t suite) {
  return suite == static_cast<std::uint16_t>(Suite::kAes256Gcm) ||
         suite == static_cast<std::uint16_t>(Suite::kChaCha20Poly1305);
}

Status check_recovery(const Header& header, ByteView recovery) {
  const ByteView unused =
      header.has_recovery ? recovery.subspan(format::kRecoveryUnusedAt) : recovery;
  if (!all_zero(unused))
    return fail(ErrorCode::kMalformed, "bytes of the recovery wrap that must be zero are not");
  return {};
}

}  // namespace

HeaderBytes encode(const Header& header) {
  HeaderBytes bytes{};
  const MutableByteView out(bytes);
  copy_to(format::kMagic, out, 0);
  store_be(out.subspan(format::kVersionAt), format::kVersion);
  store_be(out.subspan(format::kSuiteAt), static_cast<std::uint16_t>(header.suite));
  store_be(out.subspan(format::kFlagsAt), header.has_recovery ? format::kFlagRecovery : 0u);
  copy_to(header.tenant, out, format::kTenantAt);
  copy_to(header.unit, out, format::kUnitAt);
  copy_to(header.key, out, format::kKeyIdAt);
  return bytes;
}

Result<Header> decode_header(ByteView bytes) {
  if (bytes.size() < format::kHeaderSize)
    return fail(ErrorCode::kTruncated, "fewer bytes than a header has");
  bytes = bytes.first(format::kHeaderSize);
  if (!has_magic(bytes)) return fail(ErrorCode::kMalformed, "not a sealed file");
  const auto version = load_be<std::uint16_t>(bytes.subspan(format::kVersionAt));
  if (version != format::kVersion)
    return fail(ErrorCode::kUnknownVersion, "format version " + std::to_string(version));
  const auto suite = load_be<std::uint16_t>(bytes.subspan(format::kSuiteAt));
  if (!known(suite)) return fail(ErrorCode::kUnknownVersion, "suite " + std::to_string(suite));
  const auto flags = load_be<std::uint32_t>(bytes.subspan(format::kFlagsAt));
  if ((flags & ~format::kKnownFlags) != 0)
    return fail(ErrorCode::kUnknownVersion, "flags " + std::to_string(flags));
  if (!all_zero(bytes.subspan(format::kTrueSizeAt)))
    return fail(ErrorCode::kMalformed, "bytes of the header that must be zero are not");

  Header header;
  header.suite = static_cast<Suite>(suite);
  header.has_recovery = (flags & format::kFlagRecovery) != 0;
  copy_from(bytes, format::kTenantAt, header.tenant);
  copy_from(bytes, format::kUnitAt, header.unit);
  copy_from(bytes, format::kKeyIdAt, header.key);
  return header;
}

bool has_magic(ByteView first_bytes) {
  return first_bytes.size() >= format::kMagic.size() &&
         std::equal(format::kMagic.begin(), format::kMagic.end(), first_bytes.begin());
}

PrefixBytes encode(const Prefix& prefix) {
  PrefixBytes bytes{};
  const MutableByteView out(bytes);
  std::size_t at = 0;
  copy_to(prefix.header_bytes, out, at);
  copy_to(prefix.recovery, out, at += format::kHeaderSize);
  copy_to(prefix.salt, out, at += format::kRecoverySize);
  copy_to(prefix.commitment, out, at + format::kSaltSize);
  return bytes;
}

Result<Prefix> decode_prefix(ByteView bytes) {
  if (bytes.size() < format::kPrefixSize)
    return fail(ErrorCode::kTruncated, "fewer bytes than a prefix has");
  const auto header = decode_header(bytes);
  if (!header) return tl::unexpected(header.error());
  Prefix prefix;
  prefix.header = *header;
  std::size_t at = 0;
  copy_from(bytes, at, prefix.header_bytes);
  copy_from(bytes, at += format::kHeaderSize, prefix.recovery);
  copy_from(bytes, at += format::kRecoverySize, prefix.salt);
  copy_from(bytes, at + format::kSaltSize, prefix.commitment);
  if (auto fits = check_recovery(prefix.header, prefix.recovery); !fits)
    return tl::unexpected(fits.error());
  return prefix;
}

}  // namespace kerros::crypto
