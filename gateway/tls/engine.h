// One TLS connection without its socket: OpenSSL between plaintext and the bytes of a Wire.
//
// Every call does what can be done with the bytes at hand and says what is missing. Nothing here
// waits, and nothing knows Asio, so that the record boundary can be tested and fuzzed alone. After
// kFailed the engine stays failed; what it still has to say (an alert) is in the wire.
//
// Thread safety: belongs to one connection. A read may come between a write that needs room and
// its continuation.
// Lifetime: keeps its context; the pool must outlive it. It does not move, callbacks point at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gateway/tls/context.h"
#include "gateway/tls/error.h"
#include "gateway/tls/wire.h"

struct ssl_st;

namespace kerros::tls {

enum class Progress {
  kDone,
  kNeedsInput,   // nothing more without bytes from the peer
  kNeedsOutput,  // nothing more until the wire has room again; then call with the same bytes
  kEnd,          // the peer said close_notify
  kFailed,       // see error() and failure()
};

struct Step {
  Progress progress;
  std::size_t bytes = 0;
};

class Engine {
 public:
  Engine(std::shared_ptr<Context> context, BufferPool& pool);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  Wire& wire() { return wire_; }
  const Wire& wire() const { return wire_; }
  void bulk(bool on);

  // Name the host first on a client's side: it is what the certificate must be good for, a DNS
  // name or an IP literal, and under what a session is resumed.
  Progress expect_host(const std::string& host);
  Progress handshake();

  Step read(std::span<std::uint8_t> into);         // as much as has come, up to into.size()
  Step write(std::span<const std::uint8_t> from);  // as many records as the wire has room for
  Progress close();                                // close_notify

  boost::system::error_code error() const { return error_; }
  const std::string& failure() const { return failure_; }  // in words, for logs

  bool is_ready() const { return ready_; }  // the handshake is done
  bool resumed() const;
  std::string_view server_name() const;
  std::string_view alpn() const;
  std::string_view cipher() const;
  std::string_view version() const;
  ssl_st* native() { return ssl_.get(); }

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  Progress outcome(int returned);
  Progress failed();

  std::shared_ptr<Context> context_;
  Wire wire_;
  std::string host_;
  std::unique_ptr<ssl_st, Free> ssl_;
  bool ready_ = false;
  boost::system::error_code error_;
  std::string failure_;
};

}  // namespace kerros::tls
