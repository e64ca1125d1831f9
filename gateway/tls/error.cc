#include "gateway/tls/error.h"

#include <openssl/err.h>

#include <cstring>

namespace kerros::tls {
namespace {

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "tls"; }

  std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::kTruncated:
        return "the connection ended without close_notify";
      case Errc::kUntrusted:
        return "the peer's certificate is not accepted";
      case Errc::kProtocol:
        return "the TLS protocol failed";
    }
    return "unknown";
  }
};

}  // namespace

const boost::system::error_category& category() {
  static const Category instance;
  return instance;
}

std::string take_openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

}  // namespace kerros::tls
