#include "gateway/io/session.h"

#include <spdlog/spdlog.h>

#include "crypto/random.h"
#include "gateway/io/exchange.h"

namespace kerros::io {

namespace {

class Counted {
 public:
  explicit Counted(std::atomic<std::uint64_t>& counter) : counter_(counter) { ++counter_; }
  ~Counted() { --counter_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<std::uint64_t>& counter_;
};

std::string new_request_id() {
  std::array<std::uint8_t, 16> id{};
  crypto::fill_random(id);
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0f) | 0x40);  // RFC 9562 version 4
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3f) | 0x80);
  std::string text = to_hex(id);
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
  return text;
}

// One line a request: route patterns instead of targets, since names and tokens are in those.
void log_line(const Exchange& x) {
  const auto took = now_ms() - x.started_ms;
  spdlog::info(
      "request id={} peer={} method={} route=\"{}\" decision={} status={} body={} ms={}{}{}",
      x.request_id, x.client.stream().peer(), graph::name(x.head.method),
      x.route.pattern.empty() ? "none" : x.route.pattern, x.decision, x.status,
      x.client.body_read(), took, x.refusal_detail.empty() ? "" : " why=",
      x.refusal_detail.empty() ? "" : "\"" + x.refusal_detail + "\"");
}

// False at the end of the connection.
net::awaitable<bool> serve_next(Worker& worker, HttpConnection& client) {
  auto snapshot = worker.shared.snapshots.current();
  Exchange x(worker, client, std::move(snapshot));
  client.set_patience(x.config().limits.client_idle);
  std::optional<BadMessage> bad;
  try {
    auto head = co_await client.read_request();
    if (!head) co_return false;
    x.head = *std::move(head);
  } catch (const BadMessage& error) {
    bad = error;
  }
  x.started_ms = now_ms();
  x.request_id = new_request_id();
  ++worker.shared.counters.requests;
  if (bad) {
    const auto refusal = bad->kind == BadMessage::Kind::kTooLarge
                             ? graph::Refusal::kHeadTooLarge
                             : graph::Refusal::kMalformedRequest;
    x.refusal_detail = bad->what();
    co_await reply_refused(x, Refused{refusal, "", bad->what()});
    log_line(x);
    co_return false;
  }
  std::exception_ptr ended;
  bool again = false;
  try {
    again = co_await serve(x);
  } catch (...) {
    ended = std::current_exception();
  }
  log_line(x);
  if (ended) std::rethrow_exception(ended);
  co_return again && !worker.shared.draining;
}

}  // namespace

net::awaitable<void> serve_connection(Worker& worker, net::ip::tcp::socket socket,
                                      std::shared_ptr<tls::Context> context) {
  const Counted counted(worker.shared.counters.connections);
  const auto limits = worker.shared.snapshots.current()->config.limits;
  HttpConnection client(
      std::make_unique<tls::Stream>(std::move(socket), std::move(context), worker.shared.buffers),
      Side::kClient, limits.head_bytes);
  try {
    client.stream().expires_after(limits.head_timeout);
    co_await client.stream().handshake_server();
    while (co_await serve_next(worker, client)) {
    }
    co_await client.stream().shutdown();
  } catch (const boost::system::system_error& error) {
    spdlog::debug("connection peer={} ended: {} {}", client.stream().peer(), error.what(),
                  client.stream().failure());
    client.stream().reset();
  } catch (const std::exception& error) {
    spdlog::error("connection peer={} failed: {}", client.stream().peer(), error.what());
    client.stream().reset();
  } catch (...) {
    spdlog::error("connection peer={} failed", client.stream().peer());
    client.stream().reset();
  }
}

}  // namespace kerros::io
