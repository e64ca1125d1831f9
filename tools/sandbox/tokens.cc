#include "tools/sandbox/tokens.h"

#include <fstream>
#include <iterator>

#include "tools/sandbox/digest.h"
#include "tools/sandbox/encoding.h"
#include "tools/sandbox/ids.h"

namespace kerros::sandbox {
namespace {

std::string load_or_make_key(const std::filesystem::path& path) {
  constexpr std::size_t kKeySize = 32;
  std::ifstream in(path, std::ios::binary);
  std::string key((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (key.size() == kKeySize) return key;
  key = random_bytes(kKeySize);
  std::ofstream(path, std::ios::binary) << key;
  return key;
}

CheckedToken open_payload(std::string_view encoded, std::int64_t now_ms) {
  const auto text = from_base64url(encoded);
  if (!text) return {};
  nlohmann::json claims = nlohmann::json::parse(*text, nullptr, false);
  if (!claims.is_object()) return {};
  const bool fresh = claims.value("exp", std::int64_t{0}) * 1000 > now_ms;
  return {fresh ? TokenState::kGood : TokenState::kExpired, std::move(claims)};
}

}  // namespace

Tokens::Tokens(const std::filesystem::path& dir, const Clock& clock)
    : clock_(clock), key_(load_or_make_key(dir / "token.key")) {}

std::string Tokens::mac(std::string_view purpose, std::string_view text) const {
  return base64url(hmac_sha256(key_ + std::string(purpose), text));
}

std::string Tokens::issue(nlohmann::json claims, std::int64_t lifetime) const {
  const std::int64_t now = clock_.now_ms() / 1000;
  claims["iat"] = now;
  claims["nbf"] = now;
  claims["exp"] = now + lifetime;
  const std::string signed_part =
      base64url(R"({"typ":"JWT","alg":"HS256","kid":"sandbox"})") + "." + base64url(claims.dump());
  return signed_part + "." + mac("jwt", signed_part);
}

CheckedToken Tokens::check(std::string_view token) const {
  const auto dot = token.rfind('.');
  const auto first = token.find('.');
  if (dot == std::string_view::npos || first == dot) return {};
  if (mac("jwt", token.substr(0, dot)) != token.substr(dot + 1)) return {};
  return open_payload(token.substr(first + 1, dot - first - 1), clock_.now_ms());
}

std::string Tokens::tempauth(nlohmann::json payload, std::int64_t lifetime) const {
  payload["exp"] = clock_.now_ms() / 1000 + lifetime;
  payload["jti"] = base64url(random_bytes(9));
  const std::string encoded = base64url(payload.dump());
  return "v1." + encoded + "." + mac("tempauth", encoded);
}

CheckedToken Tokens::check_tempauth(std::string_view token) const {
  const auto dot = token.rfind('.');
  if (!token.starts_with("v1.") || dot < 3) return {};
  const std::string_view encoded = token.substr(3, dot - 3);
  if (mac("tempauth", encoded) != token.substr(dot + 1)) return {};
  return open_payload(encoded, clock_.now_ms());
}

}  // namespace kerros::sandbox
