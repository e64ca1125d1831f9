// The two kinds of proof: access tokens (JWT, HS256) and tempauth, the bearer secret inside
// pre-authenticated URLs.
//
// The signing key lives in DIR/token.key, so that tokens outlive a restart.
// Thread safety: immutable after construction.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "tools/sandbox/clock.h"

namespace kerros::sandbox {

enum class TokenState { kGood, kExpired, kForeign };

struct CheckedToken {
  TokenState state = TokenState::kForeign;
  nlohmann::json claims;
};

class Tokens {
 public:
  Tokens(const std::filesystem::path& dir, const Clock& clock);

  // "exp" and friends are added; lifetime in seconds.
  std::string issue(nlohmann::json claims, std::int64_t lifetime) const;
  CheckedToken check(std::string_view token) const;

  // "v1.<payload>.<mac>"; the payload gets "exp".
  std::string tempauth(nlohmann::json payload, std::int64_t lifetime) const;
  CheckedToken check_tempauth(std::string_view token) const;

 private:
  std::string mac(std::string_view purpose, std::string_view text) const;

  const Clock& clock_;
  std::string key_;
};

}  // namespace kerros::sandbox
