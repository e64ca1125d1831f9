// Who asks: claims read from the bearer token, which only upstream's yes turns into proof.
//
// Thread safety: pure functions. The token itself never leaves this value; `token_hash` stands for
// it everywhere else.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace kerros::policy {

struct Caller {
  std::string actor;      // upn, else "app:<appid>", else "opaque:<keyed hash>"; "anonymous"
  std::string oid;
  std::string tenant;     // tid
  std::uint64_t expires = 0;  // Unix seconds of exp; 0 when the token does not say
  std::array<std::uint8_t, 32> token_hash{};
  bool has_token = false;
};

// `authorization` is the field's value. `hash_key` keys the hash of unreadable tokens.
Caller read_caller(std::optional<std::string_view> authorization, ByteView hash_key);

}  // namespace kerros::policy
