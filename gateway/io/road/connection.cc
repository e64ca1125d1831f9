#include "gateway/io/road/connection.h"

#include <spdlog/spdlog.h>

#include "gateway/io/exchange/request_log.h"
#include "gateway/io/road/road.h"
#include "gateway/io/wire/http_connection.h"

namespace kerros::io {

namespace {

// False at the end of the connection.
net::awaitable<bool> serve_next(Worker& worker, HttpConnection& client, const Front& front,
                                policy::CallerMemory& callers) {
  auto snapshot = worker.shared.snapshots.current();
  Exchange x(worker, client, front, callers, std::move(snapshot));
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
    log_request(x);
    co_return false;
  }
  std::exception_ptr ended;
  bool again = false;
  try {
    again = co_await serve(x);
  } catch (...) {
    ended = std::current_exception();
  }
  log_request(x);
  if (ended) std::rethrow_exception(ended);
  co_return again && !worker.shared.draining;
}

}  // namespace

net::awaitable<void> serve_connection(Worker& worker, net::ip::tcp::socket socket,
                                      std::shared_ptr<tls::Context> context, Front front) {
  const auto limits = worker.shared.snapshots.current()->config.limits;
  HttpConnection client(
      std::make_unique<tls::Stream>(std::move(socket), std::move(context), worker.shared.buffers),
      Side::kClient, limits.head_bytes);
  try {
    client.stream().expires_after(limits.head_timeout);
    co_await client.stream().handshake_server();
    const auto named = client.stream().server_name();
    front.was_misnamed = front.is_intercepted() && !named.empty() && !names(front, named);
    policy::CallerMemory callers(std::as_const(worker.shared.hash_key).reveal());
    while (co_await serve_next(worker, client, front, callers)) {
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
