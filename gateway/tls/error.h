// What can go wrong in a TLS connection beyond what the socket itself reports.
//
// The codes say what may be concluded; the reason in words is Stream::failure().
#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace kerros::tls {

enum class Errc {
  kTruncated = 1,  // the peer's bytes ended without close_notify: something may be missing
  kUntrusted,      // the peer's certificate was not accepted, or names another host
  kProtocol,       // a broken record or message, or an alert from the peer
};

const boost::system::error_category& category();

inline boost::system::error_code make_error_code(Errc code) {
  return {static_cast<int>(code), category()};
}

// The oldest entry of this thread's OpenSSL error queue in words; the queue is empty afterwards.
std::string take_openssl_reason();

}  // namespace kerros::tls

template <>
struct boost::system::is_error_code_enum<kerros::tls::Errc> : std::true_type {};
