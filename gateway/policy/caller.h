// Who asks: claims read from the bearer token, which only upstream's yes turns into proof.
//
// The signature is not checked here, and cannot be: third parties hold no key for it. Everything in
// a Caller is therefore *claimed* until a route that proves the caller was answered.
//
// Thread safety: pure functions; never throw. The token itself never leaves this value's making:
// `token_hash` stands for it everywhere else. A CallerMemory has one owner.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace kerros::policy {

struct Caller {
  // upn, else preferred_username or unique_name, else "app:<appid>" for a token without a user,
  // else "user:<oid>", else "opaque:<16 hex digits of the keyed hash>"; "anonymous" without a
  // token.
  std::string actor;
  std::string oid;
  std::string tenant;                         // tid
  std::uint64_t expires = 0;                  // Unix seconds of exp; 0 when the token does not say
  std::array<std::uint8_t, 32> token_hash{};  // keyed, of the whole token; zero without one
  bool has_token = false;
};

// `authorization` is the field's value. `hash_key` keys the hash of tokens.
Caller read_caller(std::optional<std::string_view> authorization, ByteView hash_key);

// The same for the requests of one connection. They bring one token over and over, and reading it
// costs as much as a good part of a small request: the last one is kept, and wiped in the end.
class CallerMemory {
 public:
  explicit CallerMemory(ByteView hash_key) : hash_key_(hash_key) {}  // which must outlive it
  CallerMemory(const CallerMemory&) = delete;
  CallerMemory& operator=(const CallerMemory&) = delete;
  ~CallerMemory();

  const Caller& read(std::optional<std::string_view> authorization);

 private:
  const ByteView hash_key_;
  std::string last_;
  Caller caller_;
  bool known_ = false;
};

}  // namespace kerros::policy
