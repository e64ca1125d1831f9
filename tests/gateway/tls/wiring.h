// Two ends of a TLS connection over 127.0.0.1, and the certificates they need.
//
// Thread safety: one thread. Lifetime: contexts and certificates live as long as the process.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "gateway/io/asio.h"
#include "gateway/tls/stream.h"

namespace kerros::tls::testing {

using Bytes = std::vector<std::uint8_t>;

// An authority with a certificate for localhost and 127.0.0.1, in files made once per process.
struct Certificates {
  std::string directory;
  std::string ca_file() const { return directory + "/ca.pem"; }
  std::string chain_file() const { return directory + "/server.pem"; }
  std::string key_file() const { return directory + "/server.key"; }
};
const Certificates& certificates();

std::shared_ptr<Context> server_context();  // a new one each time
std::shared_ptr<Context> client_context();
std::shared_ptr<Context> stranger_context();  // a client that trusts another authority

struct Sockets {
  net::ip::tcp::socket server;
  net::ip::tcp::socket client;
};
Sockets connected_sockets(net::io_context& io);

// A pair of streams and the loop that moves them.
class Pair {
 public:
  explicit Pair(std::shared_ptr<Context> server_side = server_context(),
                std::shared_ptr<Context> client_side = client_context(),
                std::size_t pool_limit = 8 * BufferPool::kLarge);

  void spawn(net::awaitable<void> work);          // an exception of it comes out of run()
  void run();                                     // until everything spawned has ended
  error_code code_of(net::awaitable<void> work);  // runs; the first failure, none when all is well
  void handshake(const std::string& host = "localhost");

 private:
  net::io_context io_;
  Sockets sockets_;
  std::exception_ptr first_failure_;

 public:
  BufferPool pool;
  Stream server;
  Stream client;
};

Bytes pattern(std::size_t size, std::uint64_t seed);
net::awaitable<void> read_exactly(Stream& stream, std::span<std::uint8_t> into);

}  // namespace kerros::tls::testing
