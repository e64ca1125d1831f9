// What relaying costs: CPU seconds per GB of a thread that passes bytes from one TLS connection to
// another, with our stream, with the same on libipsec-mb, and with asio::ssl::stream, in
// interleaved rounds of one run.
//
//   bench_tls [MEGABYTES [ROUNDS]]     the first round is dropped
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>
// Boost after <utility>: see gateway/io/asio.h.

#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/write.hpp>

#include "crypto/random.h"
#include "gateway/tls/provider.h"
#include "tests/gateway/tls/wiring.h"

namespace kerros::tls {
namespace {

using testing::Bytes;

constexpr std::size_t kPiece = 64 * 1024;
using PlainStream = net::ssl::stream<net::ip::tcp::socket>;

net::awaitable<void> relay(Stream& from, Stream& to) {
  co_await from.handshake_server();
  co_await to.handshake_client("localhost");
  from.bulk(true);
  to.bulk(true);
  Bytes buffer(kPiece);
  while (const std::size_t got = co_await from.read_some(buffer))
    co_await to.write(std::span(buffer).first(got));
  co_await to.shutdown();
}

net::awaitable<void> relay_plain(PlainStream& from, PlainStream& to) {
  co_await from.async_handshake(PlainStream::server, net::use_awaitable);
  co_await to.async_handshake(PlainStream::client, net::use_awaitable);
  Bytes buffer(kPiece);
  for (;;) {
    error_code ended;
    const std::size_t got = co_await net::async_read(
        from, net::buffer(buffer), net::redirect_error(net::use_awaitable, ended));
    co_await net::async_write(to, net::buffer(buffer.data(), got), net::use_awaitable);
    if (ended) break;
  }
  error_code ignored;
  co_await to.async_shutdown(net::redirect_error(net::use_awaitable, ignored));
}

net::awaitable<void> send(Stream& to, std::size_t total) {
  co_await to.handshake_client("localhost");
  to.bulk(true);
  const Bytes piece = testing::pattern(4 * kPiece, 1);
  for (std::size_t sent = 0; sent < total; sent += piece.size()) co_await to.write(piece);
  co_await to.shutdown();
}

net::awaitable<void> drop(Stream& from) {
  co_await from.handshake_server();
  from.bulk(true);
  Bytes buffer(4 * kPiece);
  while (co_await from.read_some(buffer) > 0) {
  }
  co_await from.shutdown();  // or its peer would wait for the answer
}

void run(net::io_context& io, net::awaitable<void> work) {
  net::co_spawn(io, std::move(work), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  io.run();
}

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

net::ip::tcp::socket into(net::io_context& io, net::ip::tcp::socket socket) {
  const auto protocol = socket.local_endpoint().protocol();
  return net::ip::tcp::socket(io, protocol, socket.release());
}

// Of the relay; a context keeps the ciphers that it was made with.
struct Contexts {
  std::shared_ptr<Context> server = testing::server_context();
  std::shared_ptr<Context> client = testing::client_context();
};

// CPU seconds per GB of the thread in the middle: our stream with `ours`, asio's without.
double measure(const Contexts* ours, std::size_t total) {
  net::io_context source_io, relay_io, sink_io;
  auto first = testing::connected_sockets(source_io);
  auto second = testing::connected_sockets(sink_io);
  BufferPool pool(16 * BufferPool::kLarge);
  Stream source(std::move(first.client), testing::client_context(), pool);
  Stream sink(std::move(second.server), testing::server_context(), pool);
  std::thread sending([&] { run(source_io, send(source, total)); });
  std::thread dropping([&] { run(sink_io, drop(sink)); });
  auto from = into(relay_io, std::move(first.server));
  auto to = into(relay_io, std::move(second.client));
  const double before = thread_seconds();
  if (ours != nullptr) {
    Stream in(std::move(from), ours->server, pool);
    Stream out(std::move(to), ours->client, pool);
    run(relay_io, relay(in, out));
  } else {
    net::ssl::context server_side(net::ssl::context::tls_server);
    server_side.use_certificate_chain_file(testing::certificates().chain_file());
    server_side.use_private_key_file(testing::certificates().key_file(), net::ssl::context::pem);
    net::ssl::context client_side(net::ssl::context::tls_client);
    client_side.load_verify_file(testing::certificates().ca_file());
    client_side.set_verify_mode(net::ssl::verify_peer);
    PlainStream in(std::move(from), server_side);
    PlainStream out(std::move(to), client_side);
    run(relay_io, relay_plain(in, out));
  }
  const double spent = thread_seconds() - before;
  sending.join();
  dropping.join();
  return spent / (static_cast<double>(total) * 1e-9);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace
}  // namespace kerros::tls

int main(int argc, char** argv) {
  using namespace kerros::tls;
  kerros::crypto::start();
  const std::size_t total = (argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 512) << 20;
  const unsigned long rounds = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 4;
  const Contexts openssl;
  const auto started = start_provider();
  const Contexts ipsecmb;
  struct Target {
    const char* name;
    const Contexts* contexts;
    std::vector<double> spent, ratios;
  };
  std::vector<Target> targets = {{"our stream", &openssl, {}, {}},
                                 {"asio::ssl::stream", nullptr, {}, {}}};
  if (started) targets.push_back({"our stream, ipsec-mb", &ipsecmb, {}, {}});
  for (unsigned long round = 0; round < rounds; ++round) {
    double first = 0;
    for (Target& target : targets) {
      const double spent = measure(target.contexts, total);
      if (&target == targets.data()) first = spent;
      if (round == 0 && rounds > 1) continue;
      target.spent.push_back(spent);
      target.ratios.push_back(spent / first);
    }
  }
  for (const Target& target : targets)
    std::printf("relay, %-20s %.3f CPU-s/GB, ratio by round %.2f\n", target.name,
                median(target.spent), median(target.ratios));
}
