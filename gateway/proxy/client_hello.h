// The first message of a TLS client, read without answering: which host it wants.
//
// A redirected connection says nowhere else where it was going, and one that is tunnelled must not
// be touched, so the message is only looked at, over records and handshake fragments alike.
//
// Source: RFC 8446 4.1.2 and 5.1, RFC 6066 3.
// Thread safety: pure function.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace kerros::proxy {

struct ClientHello {
  enum class Found : std::uint8_t {
    kMore,    // the message goes on behind these bytes
    kHello,   // read whole
    kNotTls,  // something else, or a message no client would send
  } found = Found::kMore;
  std::string server_name;        // lower case, no final dot; empty: none was named, or an address
  std::vector<std::string> alpn;  // protocols offered, in the client's order
};

// Longest message looked at. Real ones are below 2 KiB; post-quantum key shares take another 1.2.
inline constexpr std::size_t kLongestClientHello = 16 * 1024;

// `bytes` begin with the connection. kNotTls also when the message is longer than
// kLongestClientHello, names two servers, or one that no name can be.
ClientHello read_client_hello(ByteView bytes);

}  // namespace kerros::proxy
