#include "gateway/proxy/users.h"

#include <algorithm>

#include "crypto/bytes.h"
#include "crypto/derive.h"
#include "crypto/random.h"
#include "gateway/proxy/host_name.h"

namespace kerros::proxy {
namespace {

using Digest = std::array<std::uint8_t, 32>;

constexpr std::string_view kBasic = "basic ";
constexpr std::string_view kLabel = "kerros/1/proxy-user";
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kPasswordBytes = 16;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != ':' && c != 0x7f;
  });
}

// The password is the key: a digest tells nothing of 128 random bits.
Digest digest_of(std::string_view name, std::string_view password) {
  std::string message(kLabel);
  message += '\0';
  message += name;
  return crypto::mac(as_bytes(password), as_bytes(message));
}

// Without a branch on the bytes.
bool equal(const Digest& a, const Digest& b) {
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

// Crockford's alphabet, lower case: no letters that are taken for digits when read aloud.
std::string in_letters(ByteView bytes) {
  static constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string text;
  unsigned held = 0, bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = held << 8 | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += kAlphabet[held >> (bits - 5) & 31];
  }
  if (bits > 0) text += kAlphabet[held << (5 - bits) & 31];
  return text;
}

}  // namespace

Result<NewUser> make_user(std::string_view name) {
  if (!is_name(name))
    return fail(ErrorCode::kMalformed,
                "a user's name has 1 to 64 characters, no blank, no colon, no control character");
  std::array<std::uint8_t, kPasswordBytes> random{};
  crypto::fill_random(random);
  NewUser made{{std::string(name), {}}, in_letters(random)};
  made.user.digest = to_hex(digest_of(name, made.password));
  return made;
}

Result<Users> Users::make(const std::vector<User>& users) {
  Users made;
  for (const User& user : users) {
    Entry entry{user.name, {}};
    if (!is_name(user.name))
      return fail(ErrorCode::kMalformed, "\"" + user.name + "\" cannot be a user's name");
    if (!from_hex(user.digest, entry.digest))
      return fail(ErrorCode::kMalformed, "the digest of user " + user.name + " is not 64 digits");
    const bool twice = std::ranges::any_of(
        made.entries_, [&](const Entry& known) { return known.name == entry.name; });
    if (twice) return fail(ErrorCode::kMalformed, "user " + user.name + " stands there twice");
    made.entries_.push_back(std::move(entry));
  }
  return made;
}

std::optional<std::string> Users::admit(std::string_view field) const {
  if (field.size() <= kBasic.size() || lower(field.substr(0, kBasic.size())) != kBasic)
    return std::nullopt;
  const auto decoded = from_base64(field.substr(kBasic.size()));
  if (!decoded) return std::nullopt;
  const std::string_view pair = as_text(*decoded);
  const std::size_t colon = pair.find(':');
  if (colon == std::string_view::npos || colon + 1 == pair.size()) return std::nullopt;
  const std::string_view name = pair.substr(0, colon);
  const Digest digest = digest_of(name, pair.substr(colon + 1));
  std::optional<std::string> admitted;
  for (const Entry& entry : entries_)
    if (equal(entry.digest, digest) && entry.name == name) admitted = entry.name;
  return admitted;
}

}  // namespace kerros::proxy
