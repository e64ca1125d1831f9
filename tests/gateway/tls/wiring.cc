#include "tests/gateway/tls/wiring.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "gateway/tls/certificate.h"

namespace kerros::tls::testing {
namespace {

template <typename T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

void need(const Status& status) {
  if (!status) throw std::runtime_error(status.error().detail);
}

struct Directory {
  Directory() {
    std::string pattern = ::testing::TempDir() + "kerros-tls-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no directory: " + pattern);
    path = pattern;
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

Certificates make_certificates() {
  static const Directory directory;
  const Certificates made{directory.path};
  const auto authority = need(Certificate::authority("Kerros test authority"));
  need(authority.write(made.ca_file(), directory.path + "/ca.key"));
  need(need(authority.issue_server({"localhost", "127.0.0.1"}))
           .write(made.chain_file(), made.key_file()));
  const auto stranger = need(Certificate::authority("Another authority"));
  need(stranger.write(directory.path + "/stranger.pem", directory.path + "/stranger.key"));
  return made;
}

}  // namespace

const Certificates& certificates() {
  static const Certificates made = make_certificates();
  return made;
}

std::shared_ptr<Context> server_context() {
  return need(Context::server({certificates().chain_file(), certificates().key_file()}));
}

std::shared_ptr<Context> client_context() {
  return need(Context::client({certificates().ca_file()}));
}

std::shared_ptr<Context> stranger_context() {
  return need(Context::client({certificates().directory + "/stranger.pem"}));
}

Sockets connected_sockets(net::io_context& io) {
  const net::ip::tcp::endpoint any(net::ip::address_v4::loopback(), 0);
  net::ip::tcp::acceptor acceptor(io, any);
  net::ip::tcp::socket client(io);
  client.connect(acceptor.local_endpoint());
  return {acceptor.accept(), std::move(client)};
}

Pair::Pair(std::shared_ptr<Context> server_side, std::shared_ptr<Context> client_side,
           std::size_t pool_limit)
    : sockets_(connected_sockets(io_)),
      pool(pool_limit),
      server(std::move(sockets_.server), std::move(server_side), pool),
      client(std::move(sockets_.client), std::move(client_side), pool) {}

void Pair::spawn(net::awaitable<void> work) {
  net::co_spawn(io_, std::move(work), [this](std::exception_ptr failure) {
    if (failure && !first_failure_) first_failure_ = failure;
  });
}

void Pair::run() {
  io_.restart();
  io_.run();
  if (auto failure = std::exchange(first_failure_, nullptr)) std::rethrow_exception(failure);
}

void Pair::handshake(const std::string& host) {
  spawn(server.handshake_server());
  spawn(client.handshake_client(host));
  run();
}

error_code Pair::code_of(net::awaitable<void> work) {
  spawn(std::move(work));
  try {
    run();
  } catch (const system_error& error) {
    return error.code();
  }
  return {};
}

Bytes pattern(std::size_t size, std::uint64_t seed) {
  Bytes bytes(size);
  for (auto& byte : bytes) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    byte = static_cast<std::uint8_t>(seed >> 56);
  }
  return bytes;
}

net::awaitable<void> read_exactly(Stream& stream, std::span<std::uint8_t> into) {
  while (!into.empty()) {
    const std::size_t got = co_await stream.read_some(into);
    if (got == 0) throw system_error(net::error::eof);
    into = into.subspan(got);
  }
}

}  // namespace kerros::tls::testing
