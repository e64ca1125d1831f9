// What a client sent is not HTTP as it is spoken here.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace kerros::io {

struct BadMessage : std::runtime_error {
  enum class Kind : std::uint8_t { kMalformed, kTooLarge };
  BadMessage(Kind k, const std::string& what) : std::runtime_error(what), kind(k) {}
  Kind kind;
};

}  // namespace kerros::io
