// One question to a server, with a time limit on each step: what `kerros doctor` asks others with.
//
// Thread safety: one thread. Lifetime: closes its connection itself. Whoever uses it ignores
// SIGPIPE.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/result.h"
#include "gateway/tls/context.h"
#include "keystore/fd.h"

struct ssl_st;

namespace kerros::tools {

struct HttpAnswer {
  unsigned status = 0;
  std::map<std::string, std::string> fields;  // names in lower case
  std::string body;                           // at most 64 KiB of it
};

class Probe {
 public:
  // kUnavailable, with the system's or the resolver's reason, wherever it fails.
  static Result<Probe> connect(const std::string& host, std::uint16_t port,
                               std::chrono::milliseconds limit);

  // The peer's certificate must be good for `host` and lead to what the context trusts, which may
  // be an authority that is no root.
  Status start_tls(std::shared_ptr<tls::Context> context, const std::string& host);

  // Writes a request without a body. Of the answer to a CONNECT only the head is read.
  Result<HttpAnswer> ask(const std::string& method, const std::string& target,
                         const std::string& host);

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  explicit Probe(keystore::Fd fd) : fd_(std::move(fd)) {}
  Status write(std::string_view text);
  Result<std::size_t> read_some(std::string& into);  // 0 at the end

  keystore::Fd fd_;
  std::shared_ptr<tls::Context> context_;
  std::unique_ptr<ssl_st, Free> ssl_;
};

// What an HTTP answer is so far: nothing yet, a head with the part of a body, or all of it.
enum class Parsed : std::uint8_t { kMore, kHead, kWhole };
Result<Parsed> parse_answer(std::string_view text, HttpAnswer& answer);

}  // namespace kerros::tools
